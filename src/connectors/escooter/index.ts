import { HubError } from '../../errors.js';
import type { OrderSnapshot } from '../../model/snapshots.js';
import type { Connection, Connector, DeliveryResult, Effect } from '../connector.js';
import { type FieldMappings, noFieldMappings } from '../field-mappings.js';
import { deliverSafely } from '../upstream/classify.js';
import { createErpClient, type ErpClient } from './client.js';
import { orderToErp } from './mapping.js';
import { ErpCredentials, ErpSettings, erpPolicy } from './settings.js';
import { erpWebhooks } from './webhook.js';

export { ErpEvent } from './wire.js';

const MOST_AT_ONCE = 100;

/** The ERP that Escooter's Magento module talks to: invoiced orders out, their status and the stock back. */
export const escooter: Connector<ErpCredentials, ErpSettings> = {
  name: 'escooter',
  title: 'Escooter ERP',
  sends: ['ORDER'],
  holdInvoicedOrders: ({ immediate, cronEnabled, cron }) =>
    immediate ? null : { schedule: cronEnabled ? cron : null, atOnce: MOST_AT_ONCE },
  failsForGood: true,
  permissions: {
    config: 'Escooter_ErpConnector::config',
    manage: 'Escooter_ErpConnector::manage',
    sync: 'Escooter_ErpConnector::sync',
    resync: 'Escooter_ErpConnector::resync',
    viewStatus: 'Escooter_ErpConnector::view_status',
  },
  honoursIdempotencyKeys: true,
  credentials: ErpCredentials,
  settings: ErpSettings,
  policy: erpPolicy,
  webhooks: erpWebhooks,
  demo: {
    webhookPath: '/rest/V1/erpconnector/webhook',
    credentials: ({ apiKey, apiSecret }) => ({ apiKey, apiSecret }),
    settings: ({ url }) => ({ baseUrl: url }),
  },
  connect({ credentials, settings, mappings = noFieldMappings }, http): Connection {
    const client = createErpClient(http, settings, credentials);
    return {
      deliver: (effect) => deliverSafely(() => deliver(client, mappings, effect)),
      checkHealth: () => client.checkHealth(),
    };
  },
};

/** First and later syncs are the same call: the ERP knows an order by its increment id. */
async function deliver(client: ErpClient, mappings: FieldMappings, effect: Effect): Promise<DeliveryResult> {
  if (effect.entityType !== 'ORDER' || !effect.snapshot || ['DELETE', 'QUERY'].includes(effect.operation))
    throw new HubError('UNSUPPORTED', 'The Escooter ERP takes orders; it deletes nothing and cannot be asked.');
  const order = effect.snapshot as OrderSnapshot;
  const body = await mappings.outbound('ORDER', order, orderToErp(order));
  const { erp_reference: reference } = await client.sync(body, effect.idempotencyKey);
  const externalId = reference ?? effect.externalId;
  return { kind: 'delivered', externalId, externalNumber: order.number, idMayRepeat: true };
}
