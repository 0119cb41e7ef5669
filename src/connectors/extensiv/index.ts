import { HubError } from '../../errors.js';
import type { OrderSnapshot } from '../../model/snapshots.js';
import type { OrderStatus } from '../../model/statuses.js';
import type { Connection, Connector, DeliveryResult, Effect, Sending } from '../connector.js';
import { type FieldMappings, noFieldMappings } from '../field-mappings.js';
import { policyOf } from '../policy.js';
import { deliverSafely } from '../upstream/classify.js';
import { createOwnTokens } from '../upstream/tokens.js';
import { createExtensivClient, type ExtensivClient } from './client.js';
import { expectOrder, listOrders, readOrder } from './list-orders.js';
import { changeToExtensiv, orderToExtensiv, productFromExtensiv, stockFromExtensiv } from './mapping.js';
import { findOwn, readStatus, readStatuses } from './order-status.js';
import { pullPages } from './pull-pages.js';
import { readGoods } from './read-goods.js';
import { ExtensivCredentials, ExtensivSettings } from './settings.js';
import { ProductRow, StockRow } from './wire.js';

/** Extensiv's warehouse: paid orders out, their progress back; products and stock in. */
export const extensiv: Connector<ExtensivCredentials, ExtensivSettings> = {
  name: 'extensiv',
  title: 'Extensiv WMS',
  sends: ['ORDER'],
  accepts,
  takesChanges: ({ snapshot }) => EXPORTABLE.includes((snapshot as OrderSnapshot).status),
  modes: ['POLLING'],
  takenStatus: 'EXPORTED',
  lists: ['ORDER'],
  owed: () => EXPORTABLE,
  honoursIdempotencyKeys: false,
  credentials: ExtensivCredentials,
  settings: ExtensivSettings,
  policy: policyOf,
  demo: {
    webhookPath: null,
    credentials: ({ apiKey, apiSecret }) => ({ clientId: apiKey, clientSecret: apiSecret }),
    settings: ({ url }) => ({ baseUrl: url }),
  },
  connect({ credentials, settings, mappings = noFieldMappings, tokens = createOwnTokens() }, http): Connection {
    const client = createExtensivClient(http, settings, credentials, tokens);
    const { pageSize } = settings;
    const read = { shape: ProductRow, read: (row: ProductRow) => productFromExtensiv(row, settings), pageSize };
    const count = { shape: StockRow, read: (row: StockRow) => stockFromExtensiv(row, settings), pageSize };
    return {
      deliver: (effect) => deliverSafely(() => deliver(client, settings, mappings, effect)),
      checkHealth: () => client.checkHealth(),
      readStatus: (entityType, externalId) => readStatus(client, settings, entityType, externalId),
      readGoods: (sku) => readGoods(client, settings, sku),
      readStatuses: (entityType, externalIds) => readStatuses(client, settings, entityType, externalIds),
      list: (_entityType, request) => listOrders(client, settings, request),
      readRecord: (_entityType, id) => readOrder(client, settings, id),
      expect: (_entityType, snapshot) => expectOrder(mappings, snapshot as OrderSnapshot),
      pull: {
        PRODUCT: (request) => pullPages({ ...read, list: client.listProducts }, request),
        INVENTORY: (request) => pullPages({ ...count, list: client.listInventory }, request),
      },
    };
  },
};

/** Nothing leaves the warehouse that is not paid; what it has moved on itself needs no export. */
const EXPORTABLE: readonly OrderStatus[] = ['PAID', 'EXPORTED', 'PROCESSING', 'PICKING', 'PACKED'];
const ENDED: readonly OrderStatus[] = ['CANCELLED', 'REFUNDED'];

function accepts({ snapshot, operation, linked }: Sending): boolean {
  const { status } = snapshot as OrderSnapshot;
  if (!linked) return EXPORTABLE.includes(status);
  return operation === 'STATUS_CHANGE' ? ENDED.includes(status) : EXPORTABLE.includes(status) || ENDED.includes(status);
}

async function deliver(
  client: ExtensivClient,
  settings: ExtensivSettings,
  mappings: FieldMappings,
  effect: Effect,
): Promise<DeliveryResult> {
  if (effect.entityType !== 'ORDER' || effect.operation === 'DELETE' || !effect.snapshot) {
    throw new HubError('UNSUPPORTED', 'Extensiv takes orders and deletes none: cancel the order instead.');
  }
  const order = effect.snapshot as OrderSnapshot;
  const { externalId, idempotencyKey } = effect;
  if (externalId !== null) {
    const change = await mappings.outbound('ORDER', order, changeToExtensiv(order));
    await client.updateOrder(externalId, change, idempotencyKey);
    return { kind: 'delivered', externalId, externalNumber: null };
  }
  if (!EXPORTABLE.includes(order.status)) {
    throw new HubError('UNSUPPORTED', `An order that is ${order.status} is not exported: only paid ones are.`);
  }
  const body = await mappings.outbound('ORDER', order, orderToExtensiv(order));
  // The guide promises nothing of idempotency keys: an earlier call may have made the order although its answer was lost.
  const found = effect.attempt > 1 ? await findOwn(client, settings, order) : null;
  const { id, order_number: number } = found ?? (await client.createOrder(body, idempotencyKey));
  return { kind: 'delivered', externalId: id, externalNumber: number ?? null };
}
