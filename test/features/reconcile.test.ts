import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { eventually } from '../harness/eventually.js';
import { compare } from './erp-systems.js';
import { type FlashErpHub, startFlashErpHub } from './flasherp-hub.js';
import { putMapping, withdrawMapping } from './mapping-client.js';
import { createOrder, cursorNow, idOf, orderInput } from './order-client.js';

let hub: FlashErpHub;
beforeAll(async () => {
  hub = await startFlashErpHub();
});
afterAll(() => hub.stop());

interface Found {
  id: string;
  kind: string;
  entityType: string;
  entityId: string | null;
  externalId: string | null;
  field: string | null;
  hereValue: string | null;
  thereValue: string | null;
  direction: string;
  state: string;
}

const FOUND = 'id kind entityType entityId externalId field hereValue thereValue direction state';
const shown = ({ id: _, entityId: __, externalId: ___, ...rest }: Found) => rest;

interface RunState {
  id: string;
  state: string;
  recordsRead: number;
  discrepancies: number;
}

async function reconcile(): Promise<{ run: RunState; found: Found[] }> {
  const { reconcile: started } = await hub.admin.ask<{ reconcile: { reconciliation: { id: string } } }>(
    'mutation { reconcile(input: { integrationId: "flasherp" }) { reconciliation { id } userErrors { message } } }',
  );
  const { id } = started.reconciliation;
  const { run, found } = await eventually(
    () =>
      hub.admin.ask<{ run: RunState; found: { nodes: Found[] } }>(
        `query ($id: ID!) { run: reconciliation(id: $id) { id state recordsRead discrepancies }
          found: reconciliationDifferences(filter: { reconciliationId: $id }, first: 100) { nodes { ${FOUND} } } }`,
        { id },
      ),
    ({ run: { state } }) => state === 'COMPLETE' || state === 'FAILED',
  );
  return { run, found: found.nodes };
}

const repair = (id: string) =>
  hub.admin.ask<{ repaired: { difference: { state: string } | null; userErrors: { code: string }[] } }>(
    'mutation ($id: ID!) { repaired: repairDifference(id: $id) { difference { state } userErrors { code } } }',
    { id },
  );

async function statesOf(reconciliationId: string): Promise<string[]> {
  const { found } = await hub.admin.ask<{ found: { nodes: { state: string }[] } }>(
    `query ($id: ID!) { found: reconciliationDifferences(filter: { reconciliationId: $id }) { nodes { state } } }`,
    { id: reconciliationId },
  );
  return found.nodes.map(({ state }) => state);
}

async function differenceOf(externalId: string, field: string): Promise<string> {
  const { found } = await reconcile();
  return found.find((one) => one.externalId === externalId && one.field === field)?.id ?? '';
}

const stateOf = async (id: string) =>
  (
    await hub.admin.ask<{ node: { state: string } }>(
      'query ($id: ID!) { node(id: $id) { ... on ReconciliationDifference { state } } }',
      { id },
    )
  ).node.state;

const pending = 'query { syncEvents(filter: { status: [PENDING, IN_PROGRESS, RETRYING] }) { totalCount } }';
const untilQuiet = () =>
  eventually(
    () => hub.admin.ask<{ syncEvents: { totalCount: number } }>(pending),
    ({ syncEvents }) => syncEvents.totalCount === 0,
  );

async function sent(reference: string): Promise<string> {
  await idOf(hub.createTransaction({ reference, customer: { reference: `c-${reference}`, name: 'Ayşe' } }));
  await untilQuiet();
  const { transaction } = await hub.admin.ask<{ transaction: { links: { externalId: string }[] } }>(
    'query ($reference: String) { transaction(reference: $reference) { links { externalId } } }',
    { reference },
  );
  return transaction.links[0]?.externalId ?? '';
}

it('F7 N2 finds what is missing and what differs on either side, repairs all of it, and then finds nothing', async () => {
  const [same, vanished, refunded, changed] = [
    await sent('pi_1'),
    await sent('pi_2'),
    await sent('pi_3'),
    await sent('pi_4'),
  ];
  await hub.callErp('DELETE', `/transactions/${vanished}`);
  const base = { reference: 'x', type: 'payment', status: 'succeeded', currency: 'EUR', hub_id: 'none' };
  await hub.callErp('PUT', `/transactions/${refunded}`, {
    ...base,
    reference: 'pi_3',
    amount: '19.90',
    status: 'refunded',
  });
  await hub.callErp('PUT', `/transactions/${changed}`, { ...base, reference: 'pi_4', amount: '19.91' });
  await hub.callErp('POST', '/transactions', { ...base, reference: 'pi_extra', amount: '5.00' });

  const { run, found } = await reconcile();
  const { repaired } = await hub.admin.ask<{ repaired: { affected: number } }>(
    `mutation { repaired: repairDifferences(filter: { reconciliationId: "${run.id}" }) { affected userErrors { message } } }`,
  );
  await untilQuiet();
  const ended = await eventually(
    () => statesOf(run.id),
    (states) => states.every((state) => state === 'REPAIRED'),
  );
  const again = await reconcile();

  const transactions = (await hub.erp.control.state())['transactions'] as Record<string, unknown>[];
  const { transaction } = await hub.admin.ask('query { transaction(reference: "pi_3") { status } }');
  expect(same).not.toBe('');
  expect(run).toMatchObject({ state: 'COMPLETE', discrepancies: 4 });
  expect(
    found.map(shown).sort((a, b) => a.kind.localeCompare(b.kind) || String(a.field).localeCompare(String(b.field))),
  ).toEqual([
    { ...OPEN, kind: 'FIELD_DIFFERS', field: 'amount', hereValue: '19.90', thereValue: '19.91', direction: 'OUT' },
    {
      ...OPEN,
      kind: 'FIELD_DIFFERS',
      field: 'status',
      hereValue: 'SUCCEEDED',
      thereValue: 'REFUNDED',
      direction: 'IN',
    },
    { ...OPEN, kind: 'MISSING_HERE', field: null, hereValue: null, thereValue: 'pi_extra', direction: 'IN' },
    { ...OPEN, kind: 'MISSING_THERE', field: null, hereValue: 'pi_2', thereValue: null, direction: 'OUT' },
  ]);
  expect(repaired.affected).toBe(4);
  expect(ended).toHaveLength(4);
  expect(again.found.map(shown)).toEqual([]);
  expect(transaction).toEqual({ status: 'REFUNDED' });
  expect(transactions.filter(({ reference }) => reference === 'pi_extra')).toHaveLength(1);
  expect(transactions.find(({ id }) => id === changed)).toMatchObject({ reference: 'pi_4' });
  expect(transactions.filter(({ reference }) => reference === 'pi_2')).toHaveLength(1);
});

it('F7 repairs a difference once, and refuses one that moved meanwhile', async () => {
  const [one, two] = [await sent('pi_11'), await sent('pi_12')];
  const base = { type: 'payment', status: 'succeeded', currency: 'EUR', hub_id: 'none', amount: '1.00' };
  await hub.callErp('PUT', `/transactions/${one}`, { ...base, reference: 'pi_11' });
  await hub.callErp('DELETE', `/transactions/${two}`);
  const { found } = await reconcile();
  const differs = found.find(({ kind }) => kind === 'FIELD_DIFFERS')?.id ?? '';
  const missing = found.find(({ kind }) => kind === 'MISSING_THERE')?.id ?? '';
  const effectsBefore = (await hub.erp.control.state()).effects.length;
  await Promise.all([repair(differs), repair(differs)]);
  await untilQuiet();
  const twice = await eventually(
    () => repair(differs),
    ({ repaired }) => repaired.difference?.state === 'REPAIRED',
  );
  await hub.db.pool.query(`update reconciliation_differences set external_id = $2 where id = $1`, [missing, one]);

  const moved = await repair(missing);

  await untilQuiet();
  const { effects } = await hub.erp.control.state();
  expect(twice.repaired).toMatchObject({ difference: { state: 'REPAIRED' }, userErrors: [] });
  expect(moved.repaired.userErrors).toMatchObject([{ code: 'INVALID_STATE' }]);
  expect(effects.length - effectsBefore).toBe(1);
});

it('F7 a repair is REPAIRED only once it is there: on its way it is REPAIRING, refused it is FAILED and can be begun again', async () => {
  const id = await sent('pi_21');
  const told = { reference: 'pi_21', type: 'payment', status: 'succeeded', currency: 'EUR', hub_id: 'none' };
  await hub.callErp('PUT', `/transactions/${id}`, { ...told, amount: '1.00' });
  const difference = await differenceOf(id, 'amount');
  const atUpstream = async () => (await (await hub.callErp('GET', `/transactions/${id}`)).json()) as { amount: number };
  await hub.erp.control.addFault({ kind: 'status', status: 422, method: 'PUT' });
  await repair(difference);
  await eventually(
    () => stateOf(difference),
    (state) => state === 'FAILED',
  );
  await hub.erp.control.addFault({ kind: 'latency', ms: 60_000, method: 'PUT' });

  const begun = await repair(difference);
  const meanwhile = await atUpstream();
  await hub.erp.control.clearFaults();
  await eventually(
    () => stateOf(difference),
    (state) => state === 'REPAIRED',
  );

  expect(begun.repaired).toMatchObject({ difference: { state: 'REPAIRING' }, userErrors: [] });
  expect(meanwhile.amount).toBe(1);
  expect((await atUpstream()).amount).toBe(19.9);
});

it('F7 does not send over what has changed there since it was compared', async () => {
  const id = await sent('pi_31');
  const told = { reference: 'pi_31', type: 'payment', status: 'succeeded', currency: 'EUR', hub_id: 'none' };
  await hub.callErp('PUT', `/transactions/${id}`, { ...told, amount: '1.00' });
  const difference = await differenceOf(id, 'amount');
  await hub.callErp('PUT', `/transactions/${id}`, { ...told, amount: '2.00' });

  const { repaired } = await repair(difference);

  expect(repaired.userErrors).toMatchObject([{ code: 'INVALID_STATE' }]);
});

it('F7 F1 makes an invoice that only FlashERP has, of its order, and sends one that only the hub has', async () => {
  const orderId = await idOf(createOrder(hub.admin, orderInput({ number: 'SO-INV' })));
  const extra = { status: 'issued', currency: 'EUR', total: '10.50', tax: '0.50', subtotal: '10.00', hub_id: 'none' };
  await hub.callErp('POST', '/invoices', { ...extra, number: 'INV-THERE', order_number: 'SO-INV' });
  const made = await hub.admin.ask<{ createInvoice: { invoice: { id: string } } }>(
    `mutation { createInvoice(input: { orderId: "${orderId}", number: "INV-HERE" }) { invoice { id } } }`,
  );
  await untilQuiet();
  const { invoice } = await hub.admin.ask<{
    invoice: { links: { externalId: string; integration: { id: string } }[] };
  }>(`{ invoice(number: "INV-HERE") { links { externalId integration { id } } } }`);
  const there = invoice.links.find(({ integration }) => integration.id === 'flasherp')?.externalId;
  await hub.callErp('DELETE', `/invoices/${there}`);
  const { run, found } = await reconcile();

  await hub.admin.ask(
    `mutation { repairDifferences(filter: { reconciliationId: "${run.id}", entityType: INVOICE }) { affected } }`,
  );
  await untilQuiet();
  const again = await reconcile();

  const { taken } = await hub.admin.ask<{ taken: object }>(
    '{ taken: invoice(number: "INV-THERE") { status total tax currency order { number } } }',
  );
  const invoices = (await hub.erp.control.state())['invoices'] as { number: string }[];
  expect(made.createInvoice.invoice.id).toMatch(/^inv_/);
  expect(
    found
      .filter(({ entityType }) => entityType === 'INVOICE')
      .map(({ kind }) => kind)
      .sort(),
  ).toEqual(['MISSING_HERE', 'MISSING_THERE']);
  expect(taken).toEqual({
    status: 'ISSUED',
    total: '10.50',
    tax: '0.50',
    currency: 'EUR',
    order: { number: 'SO-INV' },
  });
  expect(invoices.map(({ number }) => number).sort()).toEqual(['INV-HERE', 'INV-THERE']);
  expect(again.found.filter(({ entityType }) => entityType === 'INVOICE')).toEqual([]);
});

it('F7 G10 compares with what rules make on the way out and on the way in, and mends what differs by them', async () => {
  const which = { integrationId: 'flasherp', entityType: 'TRANSACTION' };
  const out = await putMapping(hub.admin, [{ source: "'SHOP-' & reference", target: 'reference' }], which);
  const settledMeans = "status = 'settled' ? 'SUCCEEDED' : $uppercase(status)";
  const back = await putMapping(hub.admin, [{ source: settledMeans, target: 'status' }], {
    ...which,
    direction: 'INBOUND',
  });
  const id = await sent('pi_51');
  const told = { type: 'payment', status: 'settled', currency: 'EUR', hub_id: 'none' };
  await hub.callErp('PUT', `/transactions/${id}`, { ...told, reference: 'SHOP-pi_51', amount: '19.90' });
  const ofThis = ({ found }: { found: Found[] }) => found.filter(({ externalId }) => externalId === id);

  const same = ofThis(await reconcile());
  await hub.callErp('PUT', `/transactions/${id}`, {
    ...told,
    status: 'refunded',
    reference: 'SHOP-pi_52',
    amount: '19.90',
  });
  const differs = ofThis(await reconcile());
  for (const one of differs) await repair(one.id);
  await untilQuiet();
  const mended = ofThis(await reconcile());

  for (const mapping of [out, back]) await withdrawMapping(hub.admin, mapping);
  expect(same).toEqual([]);
  expect(differs.map(({ field, hereValue, thereValue }) => `${field} ${hereValue} ${thereValue}`).sort()).toEqual([
    'reference SHOP-pi_51 SHOP-pi_52',
    'status SUCCEEDED REFUNDED',
  ]);
  expect(mended).toEqual([]);
});

it('F7 tells of a record that cannot be read, and of no other that it were missing', async () => {
  const [bad, gone] = [await sent('pi_61'), await sent('pi_62')];
  const told = { reference: 'pi_61', type: 'payment', status: 'succeeded', currency: 'EUR', hub_id: 'none' };
  await hub.callErp('PUT', `/transactions/${bad}`, { ...told, amount: '19.90', occurred_at: 'yesterday' });
  await hub.callErp('DELETE', `/transactions/${gone}`);

  const { found, problemCount, problems } = await compare(hub, 'flasherp', ['TRANSACTION']);

  expect(problemCount).toBe(1);
  expect(problems).toMatchObject([{ column: 'occurred_at', value: 'yesterday' }]);
  const missing = found.filter(({ kind }) => kind === 'MISSING_THERE').map(({ externalId }) => externalId);
  expect([missing.includes(gone), missing.includes(bad)]).toEqual([true, false]);
  await hub.callErp('DELETE', `/transactions/${bad}`);
});

it('F19 opens an alert when a reconciliation finds differences, which says how many and where to look', async () => {
  const id = await sent('pi_41');
  const told = { reference: 'pi_41', type: 'payment', status: 'succeeded', currency: 'EUR', hub_id: 'none' };
  await hub.callErp('PUT', `/transactions/${id}`, { ...told, amount: '1.00' });
  await reconcile();

  const { alerts } = await eventually(
    () => hub.admin.ask<{ alerts: { kind: string; remedy: string }[] }>('{ alerts(open: true) { kind remedy } }'),
    ({ alerts: open }) => open.some(({ kind }) => kind === 'DISCREPANCIES'),
  );

  const opened = alerts.find(({ kind }) => kind === 'DISCREPANCIES');
  const { reconciliationDifferences } = await hub.admin.ask<{ reconciliationDifferences: { nodes: object[] } }>(
    opened?.remedy ?? '',
  );
  expect(reconciliationDifferences.nodes.length).toBeGreaterThan(0);
});

it('F7 H3 tells of a run as it goes, and says so when the system cannot be read', async () => {
  const feed = hub.admin.subscribe<{ changes: { state: string } }>(
    'subscription ($after: Cursor) { changes(after: $after, filter: { kinds: ["reconciliation.changed"] }) { ... on ReconciliationChange { state } } }',
    { after: await cursorNow(hub.admin) },
  );
  const states: string[] = [];
  const first = feed.next();
  await hub.erp.control.addFault({ kind: 'status', status: 403 });

  const { run } = await reconcile();

  for (let next = await first; ; next = await feed.next()) {
    states.push(next.value.changes.state);
    if (states.at(-1) === 'FAILED') break;
  }
  await feed.return(undefined);
  expect(run.state).toBe('FAILED');
  expect(states).toEqual(['RUNNING', 'FAILED']);
});

const OPEN = { entityType: 'TRANSACTION', state: 'OPEN' };
