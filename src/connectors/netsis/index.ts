import { HubError } from '../../errors.js';
import type { OrderSnapshot } from '../../model/snapshots.js';
import type { Connection, Connector, DeliveryResult, Effect } from '../connector.js';
import { makeMissing } from '../erp/make-missing.js';
import { type FieldMappings, noFieldMappings } from '../field-mappings.js';
import { policyOf } from '../policy.js';
import { takesChosenStatuses } from '../status-settings.js';
import { deliverSafely, UpstreamError, unlessAbsent, vanished } from '../upstream/classify.js';
import { createOwnTokens } from '../upstream/tokens.js';
import { createNetsisClient, type NetsisClient } from './client.js';
import { accountCode, accountToNetsis, documentNumber, orderToNetsis, productOf, stockOf } from './mapping.js';
import { readStatus, readStatuses } from './order-state.js';
import { pullItems } from './pull-items.js';
import { expectOrder, listOrders, readOrder } from './read-orders.js';
import { NetsisCredentials, NetsisSettings } from './settings.js';

/** Netsis by NetOpenX REST: orders out with their customers, items, prices and stock in. */
export const netsis: Connector<NetsisCredentials, NetsisSettings> = {
  name: 'netsis',
  title: 'Netsis ERP',
  sends: ['ORDER'],
  sendsWithin: ['CUSTOMER'],
  ...takesChosenStatuses,
  lists: ['ORDER'],
  honoursIdempotencyKeys: false,
  credentials: NetsisCredentials,
  settings: NetsisSettings,
  policy: policyOf,
  demo: {
    webhookPath: null,
    credentials: ({ apiKey, apiSecret }) => ({ username: apiKey, password: apiSecret }),
    settings: ({ url }) => ({
      baseUrl: url,
      database: 'DEMO',
      currencyNumbers: { USD: 1, EUR: 2 },
      defaultCustomerCode: '120-DEMO',
    }),
  },
  connect({ credentials, settings, mappings = noFieldMappings, tokens = createOwnTokens() }, http): Connection {
    const client = createNetsisClient(http, settings, credentials, tokens);
    return {
      deliver: (effect) => deliverSafely(() => deliver({ client, settings, mappings }, effect)),
      checkHealth: async () => void (await client.listItems(0, 1)),
      list: (_entityType, request) => listOrders(client, settings, request),
      readRecord: (_entityType, number) => readOrder(client, settings, number),
      expect: (_entityType, snapshot) => expectOrder({ settings, mappings }, snapshot as OrderSnapshot),
      readStatus: (_entityType, number) => readStatus(client, settings, number),
      readStatuses: (_entityType, numbers) => readStatuses(client, settings, numbers),
      pull: {
        PRODUCT: ({ signal }) => pullItems(client, settings, signal, productOf),
        INVENTORY: ({ signal }) => pullItems(client, settings, signal, stockOf),
      },
    };
  },
};

interface Parts {
  client: NetsisClient;
  settings: NetsisSettings;
  mappings: FieldMappings;
}

async function deliver(parts: Parts, effect: Effect): Promise<DeliveryResult> {
  const { client, settings, mappings } = parts;
  if (effect.entityType !== 'ORDER')
    throw new HubError('UNSUPPORTED', `Netsis takes orders, not ${effect.entityType}.`);
  if (effect.operation === 'DELETE' || !effect.snapshot) {
    throw new HubError('UNSUPPORTED', 'The hub deletes no order in Netsis: cancel it instead.');
  }
  const order = effect.snapshot as OrderSnapshot;
  const number = effect.externalId ?? documentNumber(order, settings);
  const customerCode = accountCode(order, settings);
  const body = await mappings.outbound('ORDER', order, orderToNetsis(order, { number, customerCode }, settings));
  const known = findOwn(client, number, order);
  // A service that lists no orders cannot be asked; nothing was sent before the first attempt.
  const isFirst = effect.attempt === 1 && !effect.externalId;
  const found = await (isFirst ? known.catch(unlessAbsent(null)) : known);
  if (effect.externalId && !found) throw vanished(`Netsis no longer has the order ${number}`);
  if (found && effect.externalId) await client.updateOrder(number, found.FatUst.CariKod, body, effect.idempotencyKey);
  // Found without an id known: an earlier attempt made it and its answer was lost. It says the same; nothing is repeated.
  if (!found) await create(parts, order, { customerCode, body, key: effect.idempotencyKey });
  return { kind: 'delivered', externalId: number, externalNumber: number };
}

interface NewOrder {
  customerCode: string;
  body: unknown;
  key: string;
}

async function create(parts: Parts, order: OrderSnapshot, { customerCode, body, key }: NewOrder) {
  const { client, settings, mappings } = parts;
  const make = async () => {
    const account = accountToNetsis(customerCode, order, settings);
    await client.createAccount(await mappings.outbound('CUSTOMER', order.customer, account), `${key}-arp`);
  };
  await makeMissing(() => client.hasAccount(customerCode), make);
  await client.createOrder(body, key);
}

/** Before every write: Netsis promises nothing of idempotency keys, so what is there already is looked for by its number. */
async function findOwn(client: NetsisClient, number: string, order: OrderSnapshot) {
  const found = await client.findOrder(number);
  if (!found || found.FatUst.EKACK1 === order.id) return found;
  throw new UpstreamError(
    'UPSTREAM_CONFLICT',
    `Netsis has an order ${number} that another program made: give the integration a documentPrefix of its own.`,
    200,
  );
}
