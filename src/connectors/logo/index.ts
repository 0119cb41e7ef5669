import { HubError } from '../../errors.js';
import type { OrderSnapshot } from '../../model/snapshots.js';
import type { Connection, Connector, DeliveryResult, Effect } from '../connector.js';
import { makeMissing } from '../erp/make-missing.js';
import { type FieldMappings, noFieldMappings } from '../field-mappings.js';
import { policyOf } from '../policy.js';
import { takesChosenStatuses } from '../status-settings.js';
import { deliverSafely, unlessAbsent, vanished } from '../upstream/classify.js';
import { createOwnTokens } from '../upstream/tokens.js';
import { createLogoClient, type LogoClient } from './client.js';
import { arpCode, arpToLogo, documentNumber, orderToLogo, trackingNumber } from './mapping.js';
import { readStatus, readStatuses } from './order-state.js';
import { pullProducts, pullStock } from './pull.js';
import { expectOrder, listOrders, readOrder } from './read-orders.js';
import { LogoCredentials, LogoSettings } from './settings.js';
import type { SalesOrder } from './wire.js';

/** Logo (Tiger, Go Wings) by its Objects REST service: orders out with their customers, items, prices and stock in. */
export const logo: Connector<LogoCredentials, LogoSettings> = {
  name: 'logo',
  title: 'Logo ERP',
  sends: ['ORDER'],
  sendsWithin: ['CUSTOMER'],
  ...takesChosenStatuses,
  lists: ['ORDER'],
  honoursIdempotencyKeys: false,
  credentials: LogoCredentials,
  settings: LogoSettings,
  policy: policyOf,
  demo: {
    webhookPath: null,
    credentials: ({ apiKey, apiSecret }) => ({
      ...{ clientId: 'demo', clientSecret: apiSecret, username: apiKey, password: apiSecret },
    }),
    settings: ({ url }) => ({ baseUrl: url, firmNumber: 1, defaultArpCode: '120.DEMO' }),
  },
  connect({ credentials, settings, mappings = noFieldMappings, tokens = createOwnTokens() }, http): Connection {
    const client = createLogoClient(http, settings, credentials, tokens);
    return {
      deliver: (effect) => deliverSafely(() => deliver({ client, settings, mappings }, effect)),
      checkHealth: async () => void (await client.listItems(0, 1)),
      list: (_entityType, request) => listOrders(client, settings, request),
      readRecord: (_entityType, reference) => readOrder(client, settings, reference),
      expect: (_entityType, snapshot) => expectOrder({ settings, mappings }, snapshot as OrderSnapshot),
      readStatus: (_entityType, reference) => readStatus(client, settings, reference),
      readStatuses: (_entityType, references) => readStatuses(client, settings, references),
      pull: {
        PRODUCT: ({ signal }) => pullProducts(client, settings, signal, mappings.inboundTargets('PRODUCT').size > 0),
        INVENTORY: ({ signal }) => pullStock(client, settings, signal),
      },
    };
  },
};

interface Parts {
  client: LogoClient;
  settings: LogoSettings;
  mappings: FieldMappings;
}

async function deliver(parts: Parts, effect: Effect): Promise<DeliveryResult> {
  const { client, settings, mappings } = parts;
  if (effect.entityType !== 'ORDER') throw new HubError('UNSUPPORTED', `Logo takes orders, not ${effect.entityType}.`);
  if (effect.operation === 'DELETE' || !effect.snapshot)
    throw new HubError('UNSUPPORTED', 'The hub deletes no order in Logo: cancel it instead.');
  const order = effect.snapshot as OrderSnapshot;
  const code = arpCode(order, settings);
  const body = await mappings.outbound('ORDER', order, orderToLogo(order, code, settings));
  if (effect.externalId) return update(client, effect.externalId, body, effect.idempotencyKey);
  // Also at the first attempt: an earlier sync event may have made it and never heard the answer.
  const known = findOwn(client, order);
  // A service that lists no orders cannot be asked; nothing was sent before the first attempt.
  const found = await (effect.attempt === 1 ? known.catch(unlessAbsent(null)) : known);
  return delivered(found ?? (await create(parts, order, { code, body, key: effect.idempotencyKey })));
}

/** The reference is in the path, so the same update again changes nothing more. */
async function update(client: LogoClient, reference: string, body: object, key: string): Promise<DeliveryResult> {
  const found = await client.readOrder(reference);
  if (!found) throw vanished(`Logo no longer has the order ${reference}`);
  const { NUMBER } = found;
  const kept = NUMBER === null ? body : { ...body, NUMBER };
  return delivered(await client.updateOrder(reference, { ...kept, INTERNAL_REFERENCE: Number(reference) }, key));
}

interface NewOrder {
  code: string;
  body: unknown;
  key: string;
}

async function create(parts: Parts, order: OrderSnapshot, { code, body, key }: NewOrder) {
  const { client, settings, mappings } = parts;
  const make = async () =>
    client.createArp(
      await mappings.outbound('CUSTOMER', order.customer, arpToLogo(code, order, settings)),
      `${key}-arp`,
    );
  await makeMissing(() => client.hasArp(code), make);
  return client.createOrder(body, key);
}

/** Logo promises nothing of idempotency keys: what is there already is looked for by its document number. */
async function findOwn(client: LogoClient, order: OrderSnapshot): Promise<SalesOrder | null> {
  const number = documentNumber(order);
  const found = await client.findOrders(number);
  return found.find(({ DOC_TRACKING_NR }) => DOC_TRACKING_NR === trackingNumber(order)) ?? null;
}

function delivered(made: Pick<SalesOrder, 'INTERNAL_REFERENCE' | 'NUMBER'>): DeliveryResult {
  return { kind: 'delivered', externalId: String(made.INTERNAL_REFERENCE), externalNumber: made.NUMBER };
}
