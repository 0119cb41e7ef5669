import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { parse } from 'graphql';
import { buildHubSchema } from '../../schema/build.js';
import { createReader } from '../../src/read/create-reader.js';
import { createTestDatabase, type TestDatabase } from '../harness/database.js';
import { callerOf } from './reading.js';

const ORDERS = 8_000;

/** Every 500th order has failed; its number and its customer are found by what only they have. */
const FILL = `
insert into merchants (id, name) values ('m1', 'One');
insert into integrations (id, merchant_id, name, connector) values ('portal', 'm1', 'Portal', 'b2b-portal');
insert into customers (id, merchant_id, name) select 'cus_' || n, 'm1', 'Customer ' || md5(n::text) from generate_series(1, ${ORDERS}) n;
insert into orders (id, merchant_id, number, status, currency, customer_id, subtotal, tax, shipping, discount, grand_total, placed_at)
  select 'ord_' || n, 'm1', 'SO-' || md5('o' || n), 'PAID', 'EUR', 'cus_' || n, 1, 0, 0, 0, 1, now() - n * interval '1 minute'
  from generate_series(1, ${ORDERS}) n;
insert into links (merchant_id, integration_id, entity_type, entity_id, state)
  select 'm1', 'portal', 'ORDER', 'ord_' || n, case when n % 500 = 0 then 'FAILED' else 'SYNCED' end from generate_series(1, ${ORDERS}) n;
insert into lanes (id, integration_id, parked) select id, 'portal', state = 'FAILED' from links;
insert into sync_events (merchant_id, integration_id, entity_type, entity_id, operation, direction, status, error_code, max_attempts, idempotency_key)
  select 'm1', 'portal', 'ORDER', 'ord_' || n, 'CREATE', 'OUTBOUND', case when n % 500 = 0 then 'FAILED' else 'SUCCESS' end,
    case when n % 500 = 0 then 'UPSTREAM_REJECTED' end, 4, 'key-' || n
  from generate_series(1, ${ORDERS}) n;
insert into webhook_events (id, merchant_id, integration_id, event_id, event_type, event, raw_body, status, occurred_at)
  select 'evt_' || n, 'm1', 'portal', n::text, 'order', '{}', '', case when n % 500 = 0 then 'FAILED' else 'PROCESSED' end, now()
  from generate_series(1, ${ORDERS}) n;`;

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
  await db.pool.query(FILL);
  await db.pool.query('vacuum analyze');
});
afterAll(() => db.drop());

it.each([
  ['orders(filter: { syncState: FAILED }) { nodes { id } }', 'ord_8000', 'lanes_parked'],
  ['syncEvents(filter: { status: [FAILED] }) { nodes { entityId } }', 'ord_8000', 'sync_events_with_code'],
  ['webhookEvents(filter: { status: [FAILED] }) { nodes { eventId } }', '8000', 'webhook_events_failed'],
  ['orders(filter: { search: "DA4FB5C6" }) { nodes { id } }', 'ord_120', 'customers_search'],
])('finds by an index, among thousands: %s', async (field, expected, index) => {
  const { answer, plan } = await ask(`{ ${field} }`);

  expect(answer).toContain(`"${expected}"`);
  expect(plan).toContain(index);
  expect(plan).not.toMatch(/Seq Scan on (orders|customers|links|sync_events|webhook_events)/);
});

it('takes the same index where the value is a variable', async () => {
  const query =
    'query ($status: [SyncEventStatus!]) { syncEvents(filter: { status: $status }) { nodes { entityId } } }';

  const all = await ask(query, { status: ['SUCCESS', 'FAILED'] });
  const failed = await ask(query, { status: ['FAILED'] });

  expect(all.plan).not.toContain('sync_events_with_code');
  expect(failed.plan).toContain('sync_events_with_code');
});

it('stops at the first page of a text that all orders contain', async () => {
  const { plan } = await ask('{ orders(first: 5, filter: { search: "so-" }) { nodes { number } } }', {}, 'analyze');

  expect(plan).toMatch(/Limit .*rows=500\.?0* /);
  expect(plan).toMatch(/Scan on orders .*never executed/);
  expect(plan).toMatch(/customers .*never executed/);
});

/** The answer's text, and how PostgreSQL found it. */
async function ask(query: string, variables = {}, how = 'costs'): Promise<{ answer: string; plan: string }> {
  const statements: { text: string; values: unknown[] }[] = [];
  const pool = {
    query: (statement: { text: string; values: unknown[] }) => {
      statements.push(statement);
      return db.pool.query(statement);
    },
  } as unknown as TestDatabase['pool'];
  const reader = createReader({ schema: buildHubSchema(), db: { orm: db.orm, pool } });
  const { data, errors } = await reader.execute({
    document: parse(query),
    variables,
    context: { caller: callerOf({ merchantId: 'm1' }) },
  });
  expect(errors).toBeUndefined();
  const [{ text, values } = { text: '', values: [] }] = statements;
  const { rows } = await db.pool.query(`explain (${how}) ${text}`, values);
  return {
    answer: JSON.stringify(data),
    plan: rows.map((row: Record<string, string>) => row['QUERY PLAN']).join('\n'),
  };
}
