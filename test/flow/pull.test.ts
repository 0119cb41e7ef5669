import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import type { Effect } from '../../src/connectors/connector.js';
import type { PulledPage, PulledStock, PullRequest } from '../../src/connectors/pull.js';
import { HubError } from '../../src/errors.js';
import { createIntegration } from '../../src/flow/integrations/create-integration.js';
import type { Integrations } from '../../src/flow/integrations/integrations.js';
import type { OpenIntegration } from '../../src/flow/integrations/open-integration.js';
import { deliverEffect } from '../../src/flow/sync/deliver-effect.js';
import { startSync } from '../../src/flow/sync/start-sync.js';
import { ADMIN, portalIntegration, startServices, type TestServices } from './harness.js';

type Pages = (request: PullRequest) => AsyncIterable<PulledPage<PulledStock>>;

let services: TestServices;
let id: string;
let pages: Pages;
const asked: (Date | null)[] = [];

beforeAll(async () => {
  services = await startServices();
  id = await createIntegration(services, ADMIN, portalIntegration('m1'));
});
afterAll(() => services.close());
beforeEach(async () => {
  asked.length = 0;
  for (const table of ['inventory_levels', 'products', 'brands', 'pulls', 'pull_states', 'changes'])
    await services.db.pool.query(`delete from ${table}`);
});

const row = (sku: string, available: number, more: Partial<PulledStock> = {}): PulledStock => {
  const product = { name: `Name of ${sku}`, brand: 'Vital', barcode: null, price: '10.10', currency: 'EUR' };
  return { sku, ...product, location: '', onHand: available, reserved: 0, available, ...more };
};

/** An integration whose system has what the test says. */
const open = async (): Promise<OpenIntegration> => {
  const integration = await services.integrations.byId(id);
  const source: Pages = (request) => {
    asked.push(request.since);
    return pages(request);
  };
  const policy = { ...integration.policy, ratePerSecond: 10_000 };
  return { ...integration, policy, connection: { ...integration.connection, pull: { INVENTORY: source } } };
};

async function pull(next: Pages, stopping?: AbortSignal) {
  pages = next;
  const integrations = { ...services.integrations, byId: open } as Integrations;
  const effect: Effect = {
    syncEventId: '7',
    idempotencyKey: 'k',
    operation: 'QUERY',
    entityType: 'INVENTORY',
    entityId: id,
    snapshot: null,
    externalId: null,
    attempt: 1,
  };
  const { result } = await deliverEffect({ ...services, integrations }, id, effect, stopping);
  return result;
}

async function* of(...rows: PulledStock[][]) {
  for (const page of rows) yield { rows: page };
}

const read = async (sql: string) => (await services.db.pool.query(sql)).rows;
const levels = () =>
  read('select sku, location, available, removed_at is not null gone from inventory_levels order by 1, 2');
const changes = () => read(`select kind, data ->> 'sku' sku from changes order by id`);
const lastPull = async () =>
  (await read('select state, rows_read, rows_changed, rows_removed, problem_count from pulls order by id desc'))[0];
const forget = () => services.db.pool.query('delete from changes');
const wantAll = () => services.db.pool.query('update pull_states set full_wanted = true');

it('E6 writes only what is new or differs, tells only of that, and makes unknown brands', async () => {
  await pull(() => of([row('A', 1), row('B', 2)], [row('C', 3, { brand: 'VITAL' })]));
  await forget();

  await pull(() => of([row('A', 1), row('B', 5)], [row('C', 3)]));

  expect(await lastPull()).toMatchObject({ state: 'COMPLETE', rows_read: 3, rows_changed: 1 });
  expect(await changes()).toEqual([{ kind: 'inventory.changed', sku: 'B' }]);
  expect(await read('select distinct brand from products')).toEqual([{ brand: 'Vital' }]);
  expect(await read('select name from brands')).toEqual([{ name: 'Vital' }]);
  expect(asked).toEqual([null, expect.any(Date)]);
});

it('E6 takes the last of a SKU that comes twice in one run, and does so again without a change', async () => {
  const twice = () => of([row('A', 1), row('B', 2)], [row('A', 9)]);
  await pull(twice);
  await forget();

  await pull(twice);

  expect(await levels()).toMatchObject([{ sku: 'A', available: 9 }, { sku: 'B' }]);
  expect(await changes()).toEqual([]);
});

it('E6 notices by a full pull what is gone, and takes it back when it returns', async () => {
  await pull(() => of([row('A', 1), row('B', 2), row('B', 3, { location: 'north' })]));
  await wantAll();
  await pull(() => of([row('B', 2)]));
  const gone = await levels();
  await wantAll();

  await pull(() => of([row('A', 4), row('B', 2)]));

  expect(gone).toEqual([
    { sku: 'A', location: '', available: 0, gone: true },
    { sku: 'B', location: '', available: 2, gone: false },
    { sku: 'B', location: 'north', available: 0, gone: true },
  ]);
  expect((await levels())[0]).toMatchObject({ sku: 'A', available: 4, gone: false });
});

it('removes nothing by a pull of changes only', async () => {
  await pull(() => of([row('A', 1), row('B', 2)]));

  await pull(() => of([row('B', 3)]));

  expect(await levels()).toMatchObject([{ sku: 'A', available: 1, gone: false }, { available: 3 }]);
});

it('changes nothing when the system fails in the middle, and says so', async () => {
  await pull(() => of([row('A', 1)]));

  const result = await pull(async function* () {
    yield { rows: [row('A', 2)] };
    throw new HubError('UPSTREAM_UNAVAILABLE', 'It is down.');
  });

  expect(result).toMatchObject({ kind: 'retry', code: 'UPSTREAM_UNAVAILABLE' });
  expect(await levels()).toMatchObject([{ sku: 'A', available: 1 }]);
  expect(await lastPull()).toMatchObject({ state: 'FAILED', rows_read: 1, rows_changed: 0 });
});

it('keeps the rows that are right and tells which are not, with the rule', async () => {
  const wrong = [row('A', 1), row('B', 2 ** 40), row('C', 3, { price: 'ten' }), row('D', 4, { name: 'a\0b' })];

  await pull(() => of(wrong));

  expect(await levels()).toMatchObject([{ sku: 'A' }]);
  expect(await lastPull()).toMatchObject({ state: 'COMPLETE', rows_read: 4, problem_count: 3 });
  expect(await read('select line, column_name, value from row_problems order by id')).toEqual([
    { line: 2, column_name: 'onHand', value: '1099511627776' },
    { line: 3, column_name: 'price', value: 'ten' },
    { line: 4, column_name: 'name', value: 'a\uFFFDb' },
  ]);
});

it('E6 removes nothing whose row is there but wrong, and nothing at all while a row tells no SKU', async () => {
  await pull(() => of([row('A', 1), row('B', 2), row('C', 3)]));
  await wantAll();
  const unreadable = { line: 2, column: 'sku', value: '{}', rule: 'must be text', sku: null };
  await pull(async function* () {
    yield { rows: [row('A', 1)], problems: [unreadable] };
  });
  const keptAll = await levels();
  const told = await read('select rule from row_problems');
  await wantAll();

  await pull(async function* () {
    yield { rows: [row('A', 1), row('B', 2 ** 40)], problems: [{ ...unreadable, sku: '' }] };
  });

  expect(keptAll.map(({ gone }) => gone)).toEqual([false, false, false]);
  expect(told).toEqual([{ rule: expect.stringContaining('nothing that the list lacks is removed') }]);
  expect(await levels()).toMatchObject([
    { sku: 'A', gone: false },
    { sku: 'B', available: 2, gone: false },
    { sku: 'C', gone: true },
  ]);
});

it('stores texts as they are, whatever separates fields and lines in between', async () => {
  const odd = 'a\tb\\N\nc\r\\d "ğ" ';

  await pull(() => of([row(odd, 1, { name: odd, location: odd })]));

  expect(await read('select sku, location from inventory_levels')).toEqual([{ sku: odd, location: odd }]);
});

it('is cut off by a hub that stops, and is neither a failure nor an attempt', async () => {
  const stopping = new AbortController();
  const cut = pull(async function* () {
    yield { rows: [row('A', 1)] };
    stopping.abort();
    yield { rows: [row('B', 1)] };
  }, stopping.signal);

  await expect(cut).rejects.toThrow();

  expect(await levels()).toEqual([]);
  await pull(() => of([row('A', 1)]));
  expect(await read('select state, error_code from pulls order by id')).toEqual([
    { state: 'FAILED', error_code: 'INTERNAL' },
    { state: 'COMPLETE', error_code: null },
  ]);
});

it('is refused for what the system does not list', async () => {
  const input = { integrationId: id, entityType: 'CUSTOMER' as const };

  await expect(startSync(services, ADMIN, input)).rejects.toMatchObject({ code: 'UNSUPPORTED' });
});
