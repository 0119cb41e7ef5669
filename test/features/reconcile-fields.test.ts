import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { eventually } from '../harness/eventually.js';
import { type FlashErpHub, startFlashErpHub } from './flasherp-hub.js';
import { createInvoice, createOrder, idOf, orderInput } from './order-client.js';

let hub: FlashErpHub;
beforeAll(async () => {
  hub = await startFlashErpHub();
});
afterAll(() => hub.stop());

interface Found {
  entityType: string;
  field: string;
  direction: string;
  hereValue: string | null;
  thereValue: string | null;
}

async function reconcile(): Promise<{ id: string; found: Found[] }> {
  const { reconcile: started } = await hub.admin.ask<{ reconcile: { reconciliation: { id: string } } }>(
    'mutation { reconcile(input: { integrationId: "flasherp" }) { reconciliation { id } } }',
  );
  const { id } = started.reconciliation;
  const { found } = await eventually(
    () =>
      hub.admin.ask<{ run: { state: string }; found: { nodes: Found[] } }>(
        `query ($id: ID!) { run: reconciliation(id: $id) { state }
          found: reconciliationDifferences(filter: { reconciliationId: $id }, first: 100) {
            nodes { entityType field direction hereValue thereValue } } }`,
        { id },
      ),
    ({ run }) => run.state === 'COMPLETE',
  );
  return { id, found: found.nodes };
}

async function idThere(noun: string, id: string): Promise<string> {
  const { shown } = await eventually(
    () =>
      hub.admin.ask<{ shown: { links: { externalId: string; state: string; integration: { id: string } }[] } }>(
        `query ($id: ID!) { shown: ${noun}(id: $id) { links { externalId state integration { id } } } }`,
        { id },
      ),
    ({ shown: { links } }) =>
      links.some(({ integration, state }) => integration.id === 'flasherp' && state === 'SYNCED'),
  );
  return shown.links.find(({ integration }) => integration.id === 'flasherp')?.externalId ?? '';
}

it('F7 compares and repairs all fields that both sides have, decimals exactly and times to the precision of both', async () => {
  const orderId = await idOf(createOrder(hub.admin, orderInput()));
  const invoice = await idOf(createInvoice(hub.admin, { orderId, number: 'INV-c', dueAt: '2026-12-31T10:00:00.250Z' }));
  const customer = { reference: 'c-1', name: 'Ayşe' };
  const occurredAt = '2026-11-01T10:00:00.123456Z';
  const transaction = await idOf(hub.createTransaction({ reference: 'pi_c', customer, occurredAt }));
  const period = { currentPeriodStart: '2026-11-01T00:00:00Z', currentPeriodEnd: '2026-12-01T00:00:00Z' };
  const subscription = await idOf(hub.createSubscription({ reference: 'sub_c', customer, ...period }));
  const [invoiceThere, transactionThere, subscriptionThere] = [
    await idThere('invoice', invoice),
    await idThere('transaction', transaction),
    await idThere('billingSubscription', subscription),
  ];
  const put = async (collection: string, id: string, changes: object) => {
    const now = await (await hub.callErp('GET', `/${collection}/${id}`)).json();
    expect((await hub.callErp('PUT', `/${collection}/${id}`, { ...(now as object), ...changes })).status).toBe(200);
  };
  const { id: stranger } = (await (await hub.callErp('POST', '/customers', { hub_id: 'nobody' })).json()) as {
    id: string;
  };

  // Another spelling of the same: whole seconds, another zone, more places.
  await put('transactions', transactionThere, { occurred_at: '2026-11-01T13:00:00+03:00', amount: '19.9000' });
  await put('invoices', invoiceThere, { due_at: '2026-12-31T10:00:00Z' });
  const same = (await reconcile()).found.filter(({ field }) => field !== null);
  await put('transactions', transactionThere, {
    ...{ type: 'refund', customer_id: stranger, occurred_at: '2026-11-01T10:00:01Z' },
  });
  await put('subscriptions', subscriptionThere, { interval: 'year', current_period_end: '2027-11-01T00:00:00Z' });
  await put('invoices', invoiceThere, {
    subtotal: '1.00',
    tax: '0.01',
    paid_amount: '5.5',
    due_at: '2027-01-01T00:00:00Z',
  });
  const { id, found } = await reconcile();
  await hub.admin.ask(
    `mutation { repairDifferences(filter: { reconciliationId: "${id}" }) { affected userErrors { message } } }`,
  );
  const again = await eventually(
    async () => (await reconcile()).found,
    (left) => left.filter(({ field }) => field !== null).length === 0,
  );

  const shown = found.filter(({ field }) => field !== null);
  const { invoice: taken } = await hub.admin.ask('query ($id: ID!) { invoice(id: $id) { paidAmount subtotal } }', {
    id: invoice,
  });
  expect(same).toEqual([]);
  expect(shown.map(({ entityType, field, direction }) => `${entityType} ${field} ${direction}`).sort()).toEqual([
    ...['BILLING_SUBSCRIPTION currentPeriodEnd OUT', 'BILLING_SUBSCRIPTION interval OUT'],
    ...['INVOICE dueAt OUT', 'INVOICE paidAmount IN', 'INVOICE subtotal OUT', 'INVOICE tax OUT'],
    ...['TRANSACTION customer OUT', 'TRANSACTION occurredAt OUT', 'TRANSACTION type OUT'],
  ]);
  expect(taken).toEqual({ paidAmount: '5.5', subtotal: '199.98' });
  expect(again.filter(({ field }) => field !== null)).toEqual([]);
});
