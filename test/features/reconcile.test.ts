import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { eventually } from '../harness/eventually.js';
import { type FlashErpHub, startFlashErpHub } from './flasherp-hub.js';
import { idOf } from './order-client.js';

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
  const twice = await repair(differs);
  await hub.db.pool.query(`update reconciliation_differences set external_id = $2 where id = $1`, [missing, one]);

  const moved = await repair(missing);

  await untilQuiet();
  const { effects } = await hub.erp.control.state();
  expect(twice.repaired).toMatchObject({ difference: { state: 'REPAIRED' }, userErrors: [] });
  expect(moved.repaired.userErrors).toMatchObject([{ code: 'INVALID_STATE' }]);
  expect(effects.length - effectsBefore).toBe(1);
});

it('F7 H3 tells of a run as it goes, and says so when the system cannot be read', async () => {
  const feed = hub.admin.subscribe<{ changes: { state: string } }>(
    'subscription { changes(filter: { kinds: ["reconciliation.changed"] }) { ... on ReconciliationChange { state } } }',
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
