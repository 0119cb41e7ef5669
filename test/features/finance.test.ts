import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { MERCHANT, PORTAL_SECRET, startTestHub, type TestHub } from '../harness/hub.js';
import { createOrder, cursorNow, idOf, mutate, orderInput } from './order-client.js';

let hub: TestHub;
beforeAll(async () => {
  hub = await startTestHub();
});
afterAll(() => hub.stop());

const createTransaction = (input: object) =>
  mutate(hub.admin, 'createTransaction', 'CreateTransactionInput', 'transaction', input);
const createSubscription = (input: object) =>
  mutate(hub.admin, 'createBillingSubscription', 'CreateBillingSubscriptionInput', 'billingSubscription', input);
const changeSubscription = (name: string, input: object) =>
  mutate(
    hub.admin,
    `${name}BillingSubscription`,
    `${name === 'cancel' ? 'Cancel' : 'Update'}BillingSubscriptionInput`,
    'billingSubscription',
    input,
  );

const payment = (more: object = {}) => ({ merchantId: MERCHANT, amount: '19.90', currency: 'EUR', ...more });

/** Told by the gateway's webhook of the portal's integration. */
function tell(eventType: string, data: object, timestamp = new Date().toISOString()) {
  const body = JSON.stringify({ eventType, timestamp, data });
  const signature = createHmac('sha256', PORTAL_SECRET).update(body).digest('hex');
  const headers = { 'x-webhook-signature': `sha256=${signature}`, 'x-webhook-timestamp': new Date().toISOString() };
  return fetch(`${hub.url}/webhooks/b2b-portal`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body,
  });
}

it('H1 F1 takes a transaction with its customer and order, and shows it from every side', async () => {
  const orderId = await idOf(createOrder(hub.admin, orderInput()));
  const customer = { reference: 'user-1', name: 'Ayşe', email: 'ayse@example.com' };

  const id = await idOf(createTransaction(payment({ reference: 'pi_1', customer, orderId })));

  const shown = await hub.admin.ask(
    `query ($id: ID!) {
      node(id: $id) { __typename id }
      transaction(reference: "pi_1") { id type status amount customer { reference transactions { nodes { id } } } order { id } links { state } }
      transactions(filter: { search: "PI_1", status: [SUCCEEDED], orderId: "${orderId}" }) { totalCount nodes { id } }
      customers(filter: { search: "ayse@" }) { nodes { name syncEvents { totalCount } links { state } } }
    }`,
    { id },
  );
  expect(id).toMatch(/^txn_/);
  expect(shown).toEqual({
    node: { __typename: 'Transaction', id },
    transaction: {
      id,
      type: 'PAYMENT',
      status: 'SUCCEEDED',
      amount: '19.90',
      customer: { reference: 'user-1', transactions: { nodes: [{ id }] } },
      order: { id: orderId },
      links: [],
    },
    transactions: { totalCount: 1, nodes: [{ id }] },
    customers: { nodes: [{ name: 'Ayşe', syncEvents: { totalCount: 0 }, links: [] }] },
  });
});

it('F1 brings a transaction up to date by its reference, never backwards, and never to another amount', async () => {
  const at = (minute: number) => `2026-03-01T10:0${minute}:00Z`;
  const known = { reference: 'pi_2', asOf: at(1) };
  const id = await idOf(createTransaction(payment({ ...known, status: 'PENDING' })));

  const again = await idOf(createTransaction(payment({ ...known, status: 'REFUNDED', asOf: at(5) })));
  const late = await idOf(createTransaction(payment({ ...known, status: 'SUCCEEDED', asOf: at(3) })));
  const other = await createTransaction(payment({ ...known, amount: '20.00' }));

  const { transaction } = await hub.admin.ask('query { transaction(reference: "pi_2") { status } }');
  expect([again, late]).toEqual([id, id]);
  expect(transaction).toEqual({ status: 'REFUNDED' });
  expect(other.userErrors).toMatchObject([{ code: 'ALREADY_EXISTS', path: ['input', 'reference'] }]);
});

it('F1 creates, updates and cancels a billing subscription, and tells of each step', async () => {
  const feed = hub.admin.subscribe<{ changes: { kind: string; entityId: string; data: Record<string, unknown> } }>(
    'subscription ($after: Cursor) { changes(after: $after) { kind entityId data } }',
    { after: await cursorNow(hub.admin) },
  );
  const kinds: string[] = [];
  const first = feed.next();
  const input = { merchantId: MERCHANT, reference: 'sub-1', plan: 'pro', amount: '49.00', currency: 'EUR' };
  const id = await idOf(createSubscription({ ...input, status: 'TRIALING', customer: { email: 'b@example.com' } }));
  await idOf(changeSubscription('update', { id, plan: 'team', amount: '99.00' }));
  await idOf(changeSubscription('update', { id, status: 'ACTIVE', currentPeriodEnd: '2026-04-01T00:00:00Z' }));
  await idOf(changeSubscription('cancel', { id, cancelledAt: '2026-03-15T12:00:00Z' }));
  await idOf(changeSubscription('cancel', { id }));
  const revived = await changeSubscription('update', { id, status: 'ACTIVE' });

  for (let next = await first; kinds.length < 4; next = await feed.next()) {
    if (next.value.changes.entityId === id) kinds.push(next.value.changes.kind);
    if (kinds.length === 4) break;
  }
  await feed.return(undefined);
  const { billingSubscription } = await hub.admin.ask(
    'query { billingSubscription(reference: "sub-1") { plan status amount interval cancelledAt customer { email billingSubscriptions { totalCount } } } }',
  );
  expect(kinds).toEqual([
    'billing_subscription.created',
    'billing_subscription.updated',
    'billing_subscription.status_changed',
    'billing_subscription.status_changed',
  ]);
  expect(billingSubscription).toEqual({
    plan: 'team',
    status: 'CANCELLED',
    amount: '99.00',
    interval: 'MONTH',
    cancelledAt: '2026-03-15T12:00:00Z',
    customer: { email: 'b@example.com', billingSubscriptions: { totalCount: 1 } },
  });
  expect(revived.userErrors).toMatchObject([{ code: 'INVALID_TRANSITION' }]);
});

it('F1 changes a customer, and refuses a reference that another has', async () => {
  const id = await idOf(createTransaction(payment({ reference: 'pi_3', customer: { email: 'one@example.com' } })));
  await idOf(createTransaction(payment({ reference: 'pi_4', customer: { reference: 'taken' } })));
  const { transaction } = await hub.admin.ask<{ transaction: { customer: { id: string } } }>(
    'query ($id: ID!) { transaction(id: $id) { customer { id } } }',
    { id },
  );
  const update = (more: object) =>
    mutate(hub.admin, 'updateCustomer', 'UpdateCustomerInput', 'customer', { id: transaction.customer.id, ...more });

  await idOf(update({ name: 'One', reference: 'one' }));
  const taken = await update({ reference: 'taken' });

  const { customer } = await hub.admin.ask('query { customer(reference: "one") { name email } }');
  expect(customer).toEqual({ name: 'One', email: 'one@example.com' });
  expect(taken.userErrors).toMatchObject([{ code: 'ALREADY_EXISTS', path: ['input', 'reference'] }]);
});

it('F12 applies webhooks about transactions, subscriptions and customers, also those that came before them', async () => {
  const early = await tell('transaction.updated', { id: 'ext-7', number: 'pi_7', status: 'DISPUTED' });
  const id = await idOf(createTransaction(payment({ reference: 'pi_7', customer: { reference: 'user-7' } })));
  const input = { merchantId: MERCHANT, reference: 'sub-7', plan: 'pro', amount: '1', currency: 'EUR' };
  const subscription = await idOf(createSubscription(input));

  const cancelled = await tell('billing_subscription.updated', { id: 's-7', number: 'sub-7', status: 'cancelled' });
  const customer = await tell('customer.updated', { id: 'c-7', number: 'user-7' });

  const shown = await hub.admin.ask(
    `query ($id: ID!, $subscription: ID!) {
      transaction(id: $id) { status links { externalId } syncEvents { nodes { direction status } } }
      billingSubscription(id: $subscription) { status cancelledAt links { externalId } }
      customer(reference: "user-7") { links { externalId } syncEvents { nodes { operation status } } }
    }`,
    { id, subscription },
  );
  expect([early.status, cancelled.status, customer.status]).toEqual([202, 200, 200]);
  expect(shown).toEqual({
    transaction: {
      status: 'DISPUTED',
      links: [{ externalId: 'ext-7' }],
      syncEvents: { nodes: [{ direction: 'INBOUND', status: 'SUCCESS' }] },
    },
    billingSubscription: { status: 'CANCELLED', cancelledAt: expect.any(String), links: [{ externalId: 's-7' }] },
    customer: {
      links: [{ externalId: 'c-7' }],
      syncEvents: { nodes: [{ operation: 'STATUS_CHANGE', status: 'SUCCESS' }] },
    },
  });
});

it('H1 keeps transactions of another merchant from a caller who is limited to one', async () => {
  const id = await idOf(createTransaction(payment({ reference: 'pi_9' })));
  const stranger = await hub.as({ merchantId: 'merchant-2' });

  const shown = await stranger.ask('query ($id: ID!) { transaction(id: $id) { id } transactions { totalCount } }', {
    id,
  });

  expect(shown).toEqual({ transaction: null, transactions: { totalCount: 0 } });
});
