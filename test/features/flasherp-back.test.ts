import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { eventually } from '../harness/eventually.js';
import { MERCHANT } from '../harness/hub.js';
import { type FlashErpHub, KEY, SECRET, sendWebhook, startFlashErpHub } from './flasherp-hub.js';
import { createInvoice, createOrder, idOf, mutate, orderInput } from './order-client.js';

let hub: FlashErpHub;
/** Another FlashERP of the same merchant, which must hear of what the first one says. */
let other: string;

beforeAll(async () => {
  hub = await startFlashErpHub();
  const input = {
    ...{
      merchantId: MERCHANT,
      name: 'Another FlashERP',
      connector: 'flasherp',
      mode: 'HYBRID',
      settings: { baseUrl: hub.erp.url },
    },
    credentials: { apiKey: KEY, apiSecret: SECRET, webhookSecret: 'of-the-other' },
  };
  other = await idOf(mutate(hub.admin, 'createIntegration', 'CreateIntegrationInput', 'integration', input));
});
afterAll(() => hub.stop());

interface Linked {
  links: { state: string; externalId: string; integration: { id: string } }[];
}

const LINKS = 'links { state externalId integration { id } }';
const BY_NOUN = {
  customer: `name email phone updatedAt address { line1 city postalCode country } ${LINKS}`,
  transaction: `status amount currency description ${LINKS}`,
  billingSubscription: `status plan amount interval currentPeriodStart currentPeriodEnd cancelAtPeriodEnd ${LINKS}`,
  invoice: `status subtotal tax total paidAmount dueAt paidAt ${LINKS}`,
};
type Noun = keyof typeof BY_NOUN;

async function show(noun: Noun, id: string): Promise<Linked & Record<string, unknown>> {
  const query = `query ($id: ID!) { shown: ${noun}(id: $id) { ${BY_NOUN[noun]} } }`;
  return (await hub.admin.ask<{ shown: Linked & Record<string, unknown> }>(query, { id })).shown;
}

/** Its ids in both systems once it is in step with them. */
async function idsThere(noun: Noun, id: string): Promise<{ first: string; second: string }> {
  const { links } = await eventually(
    () => show(noun, id),
    (one) =>
      ['flasherp', other].every((wanted) =>
        one.links.some(({ state, integration }) => integration.id === wanted && state === 'SYNCED'),
      ),
  );
  const of = (wanted: string) => links.find(({ integration }) => integration.id === wanted)?.externalId ?? '';
  return { first: of('flasherp'), second: of(other) };
}

let told = 0;
/** What FlashERP says of a record, so many seconds from now; the answer's sentence. */
async function tell(type: string, data: object, seconds = 1): Promise<{ status: number; body: never }> {
  told += 1;
  const at = new Date(Date.now() + seconds * 1000).toISOString();
  const answer = await sendWebhook(hub, { id: `fe_back_${told}`, type, created_at: at, data });
  return { status: answer.status, body: (await answer.json()) as never };
}

const recordThere = async (collection: string, id: string) =>
  ((await hub.erp.control.state()) as unknown as Record<string, Record<string, unknown>[]>)[collection]?.find(
    (one) => one['id'] === id,
  );
const writesOf = async (id: string) =>
  (await hub.erp.control.requests()).filter(({ method, url }) => method === 'PUT' && url.endsWith(id)).length;

async function makeCustomer(reference: string): Promise<string> {
  await idOf(
    hub.createTransaction({ reference: `pi_${reference}`, customer: { reference, name: 'Ayşe', phone: '1' } }),
  );
  const { customer } = await hub.admin.ask<{ customer: { id: string } }>(
    'query ($reference: String!) { customer(reference: $reference) { id } }',
    { reference },
  );
  return customer.id;
}

it('F12 takes what FlashERP says of a customer, tells the feed and the other systems, and not FlashERP itself', async () => {
  const id = await makeCustomer('back-1');
  const { first, second } = await idsThere('customer', id);
  const { changesCursor: after } = await hub.admin.ask<{ changesCursor: string }>('{ changesCursor }');

  const address = { line1: 'İstiklal 1', city: 'İstanbul', postal_code: '34430', country: 'TR' };
  const { body } = await tell('customer.updated', { id: first, name: 'Ayşe Yılmaz', email: 'a@example.com', address });

  const feed = hub.admin.subscribe<{ changes: { kind: string } }>(
    'subscription ($after: Cursor) { changes(after: $after) { kind entityId data integrationId } }',
    { after },
  );
  let { changes: change } = (await feed.next()).value;
  while (change.kind !== 'customer.updated') ({ changes: change } = (await feed.next()).value);
  await feed.return(undefined);
  expect(body).toMatchObject({ data: { status: 'PROCESSED', message: 'Customer updated successfully' } });
  expect(await show('customer', id)).toMatchObject({
    ...{ name: 'Ayşe Yılmaz', email: 'a@example.com', phone: '1' },
    address: { line1: 'İstiklal 1', city: 'İstanbul', postalCode: '34430', country: 'TR' },
  });
  expect(change).toMatchObject({
    ...{ kind: 'customer.updated', entityId: id, integrationId: 'flasherp' },
    data: { reference: 'back-1', fields: ['name', 'email', 'address'] },
  });
  await eventually(
    () => recordThere('customers', second),
    (one) => one?.['name'] === 'Ayşe Yılmaz',
  );
  expect(await recordThere('customers', second)).toMatchObject({
    address: { line1: 'İstiklal 1', postal_code: '34430' },
  });
  expect(await writesOf(first)).toBe(0);
});

it('F12 applies what FlashERP says by its time: what is older changes nothing, and is kept', async () => {
  const id = await makeCustomer('back-2');
  const { first } = await idsThere('customer', id);

  const newer = await tell('customer.updated', { id: first, name: 'Newer' }, 60);
  const older = await tell('customer.updated', { id: first, name: 'Older', email: 'old@example.com' }, 30);
  const nothing = await tell('customer.updated', { id: first, tier: 'gold' }, 90);

  expect([newer, older, nothing].map(({ body }) => (body as { data: { message: string } }).data.message)).toEqual([
    'Customer updated successfully',
    'A newer event has been applied already; nothing was changed.',
    'Customer event received',
  ]);
  expect(await show('customer', id)).toMatchObject({ name: 'Newer', email: null });
  const { webhookEvents } = await hub.admin.ask<{ webhookEvents: { nodes: { payload: unknown }[] } }>(
    'query ($id: String!) { webhookEvents(filter: { entityId: $id }, first: 1) { nodes { payload } } }',
    { id },
  );
  expect(webhookEvents.nodes[0]?.payload).toMatchObject({ data: { tier: 'gold' } });
});

it('F12 an event without a time of its own is as new as its stamp of whole seconds may be', async () => {
  const id = await makeCustomer('back-second');
  const { first } = await idsThere('customer', id);

  const before = await tell('customer.updated', { id: first, name: 'Before' }, 0);
  const event = { id: 'fe_back_second', type: 'customer.updated', data: { id: first, name: 'After' } };
  const after = await sendWebhook(hub, event);

  expect([before.status, after.status]).toEqual([200, 200]);
  expect(await show('customer', id)).toMatchObject({ name: 'After' });
});

it('F12 takes amounts, plan and period of transactions and subscriptions to the last digit', async () => {
  const transaction = await idOf(hub.createTransaction({ reference: 'back-3' }));
  const subscription = await idOf(hub.createSubscription({ reference: 'back-3' }));
  const [paid, running] = await Promise.all([
    idsThere('transaction', transaction),
    idsThere('billingSubscription', subscription),
  ]);

  const period = { current_period_start: '2026-12-01T00:00:00Z', current_period_end: '2027-01-01T03:00:00+03:00' };
  await tell('transaction.updated', { id: paid.first, amount: '19.9000000001', status: 'partially_refunded' });
  const { body } = await tell('subscription.updated', {
    ...{ id: running.first, plan: 'team', amount: '99.10', interval: 'year', cancel_at_period_end: true, ...period },
  });

  expect(body).toMatchObject({ data: { message: 'Billing subscription updated successfully' } });
  expect(await show('transaction', transaction)).toMatchObject({
    amount: '19.9000000001',
    status: 'PARTIALLY_REFUNDED',
  });
  expect(await show('billingSubscription', subscription)).toMatchObject({
    ...{ status: 'ACTIVE', plan: 'team', amount: '99.10', interval: 'YEAR', cancelAtPeriodEnd: true },
    ...{ currentPeriodStart: '2026-12-01T00:00:00Z', currentPeriodEnd: '2027-01-01T00:00:00Z' },
  });
  await eventually(
    () => recordThere('transactions', paid.second),
    (one) => one?.['status'] === 'PARTIALLY_REFUNDED',
  );
  expect(await writesOf(paid.first)).toBe(0);
  expect(await writesOf(running.first)).toBe(0);
});

it('F12 takes the amounts, the due date and the payment of an invoice', async () => {
  const orderId = await idOf(createOrder(hub.admin, orderInput()));
  const id = await idOf(createInvoice(hub.admin, { orderId, number: 'INV-back' }));
  const { first, second } = await idsThere('invoice', id);

  const amounts = { subtotal: '100', tax: '20.05', total: '120.05' };
  await tell('invoice.updated', { id: first, ...amounts, due_at: '2026-12-31T00:00:00Z' });
  await tell('invoice.paid', { id: first, paid_amount: 120.05, paid_at: '2026-12-01T10:00:00Z' }, 2);

  expect(await show('invoice', id)).toMatchObject({
    ...{
      status: 'PAID',
      ...amounts,
      paidAmount: '120.05',
      dueAt: '2026-12-31T00:00:00Z',
      paidAt: '2026-12-01T10:00:00Z',
    },
  });
  await eventually(
    () => recordThere('invoices', second),
    (one) => one?.['status'] === 'PAID' && String(one['total']) === '120.05',
  );
});

it('F12 refuses amounts, currencies and addresses that it cannot take as they are, and names them', async () => {
  const refuse = async (data: object) => (await tell('transaction.updated', { id: 'x', ...data })).body;

  expect(await refuse({ amount: 'ten' })).toMatchObject({ code: 'INVALID_SHAPE', field: 'data.amount' });
  expect(await refuse({ amount: '-1.00' })).toMatchObject({ code: 'INVALID_SHAPE', field: 'data.amount' });
  expect(await refuse({ currency: 'EURO' })).toMatchObject({ code: 'INVALID_SHAPE', field: 'data.currency' });
  expect(await refuse({ address: 7 })).toMatchObject({ code: 'INVALID_SHAPE', field: 'data.address' });
});

it('F12 leaves fields alone while a change of the hub is on its way to FlashERP, which then has that', async () => {
  const id = await makeCustomer('back-4');
  const { first } = await idsThere('customer', id);
  await hub.erp.control.addFault({
    kind: 'status',
    status: 503,
    method: 'PUT',
    path: `/customers/${first}`,
    count: null,
  });
  await idOf(mutate(hub.admin, 'updateCustomer', 'UpdateCustomerInput', 'customer', { id, name: 'By the hub' }));

  const { body } = await tell('customer.updated', { id: first, name: 'Echo of what was' }, 5);
  await hub.erp.control.clearFaults();

  expect(body).toMatchObject({
    data: { message: 'Customer event received; a change of the hub that is on its way replaces it' },
  });
  await idsThere('customer', id);
  expect(await show('customer', id)).toMatchObject({ name: 'By the hub' });
  expect(await recordThere('customers', first)).toMatchObject({ name: 'By the hub' });
});
