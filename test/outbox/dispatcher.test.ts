import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import type { Effect } from '../../src/connectors/connector.js';
import { createOutbox } from '../../src/outbox/outbox.js';
import { createTestDatabase, type TestDatabase } from '../harness/database.js';
import {
  addIntegration,
  delivered,
  EACH_CHANGE,
  effect,
  enqueue,
  readEvents,
  readStatuses,
  readTransitions,
  rejected,
  type TestDispatcher,
  testDispatcher,
  unavailable,
  until,
  untilStatus,
} from './harness.js';

let db: TestDatabase;
let portal: string;
let count = 0;
const running: TestDispatcher[] = [];
const outbox = createOutbox({ wake: () => running.at(-1)?.wake(), changed: () => {} });

beforeAll(async () => {
  db = await createTestDatabase();
});
beforeEach(async () => {
  portal = `portal-${++count}`;
  await addIntegration(db, portal);
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.stop(2000)));
});
afterAll(() => db.drop());

async function start(...args: Parameters<typeof testDispatcher> extends [unknown, ...infer Rest] ? Rest : never) {
  const dispatcher = testDispatcher(db, ...args);
  running.push(dispatcher);
  await dispatcher.start();
  return dispatcher;
}

it('sends an effect with what the link knows by then, and writes the whole outcome', async () => {
  const dispatcher = await start({ [portal]: {} }, (e) => delivered(`ext-${e.entityId}`));

  const ids = await enqueue(db, outbox, [
    effect(portal, 'ord_1', { payload: { number: 'N1', total: '12.3400' }, idempotencyKey: 'k1' }),
    effect(portal, 'ord_1', { operation: 'UPDATE' }),
  ]);
  await untilStatus(db, ids, 'SUCCESS');

  const [first, second] = dispatcher.calls;
  expect(first).toMatchObject({ idempotencyKey: 'k1', externalId: null, attempt: 1, snapshot: { total: '12.3400' } });
  expect(second).toMatchObject({ operation: 'UPDATE', externalId: 'ext-ord_1', attempt: 1 });
  expect(await readTransitions(db, ids[0] ?? '')).toEqual(['>PENDING', 'PENDING>IN_PROGRESS', 'IN_PROGRESS>SUCCESS']);
  expect(await readTransitions(db, ids[1] ?? '')).toEqual(['>PENDING', 'PENDING>IN_PROGRESS', 'IN_PROGRESS>SUCCESS']);
  const { rows } = await db.pool.query(
    `select data from ${EACH_CHANGE} where kind = 'order.synced' and entity_id = 'ord_1' order by id, place`,
  );
  expect(rows.map(({ data }) => JSON.parse(data))).toEqual([
    { action: 'created', externalId: 'ext-ord_1', externalNumber: 'N-ext-ord_1' },
    { action: 'updated', externalId: 'ext-ord_1', externalNumber: 'N-ext-ord_1' },
  ]);
  const links = await db.pool.query(`select * from links where entity_id = 'ord_1'`);
  expect(links.rows).toMatchObject([{ external_id: 'ext-ord_1', state: 'SYNCED', last_error: null }]);
  expect(links.rows[0].synced_at).not.toBeNull();
  expect(dispatcher.linked).toEqual(['ext-ord_1']);
  expect(await readEvents(db, ids)).toMatchObject([
    { external_id: 'ext-ord_1', attempt_count: 1 },
    { external_id: 'ext-ord_1', attempt_count: 1 },
  ]);
});

it('retries with growing delays, then leaves a dead letter that parks only its own lane', async () => {
  const dispatcher = await start({ [portal]: { backoffBaseMs: 30 } }, (e) =>
    e.entityId === 'ord_bad' ? unavailable : delivered(`ext-${e.entityId}`),
  );

  const ids = await enqueue(db, outbox, [
    effect(portal, 'ord_bad', { maxAttempts: 3 }),
    effect(portal, 'ord_bad'),
    effect(portal, 'ord_good'),
  ]);
  await untilStatus(db, [ids[0] ?? ''], 'FAILED');

  const times = dispatcher.calls.filter((call) => call.syncEventId === ids[0]).map(({ at }) => at);
  const attempts = await db.pool.query(
    'select number, outcome, error_code, http_status from sync_attempts where sync_event_id = $1 order by number',
    [ids[0]],
  );
  expect(await readStatuses(db, ids)).toEqual(['FAILED', 'PENDING', 'SUCCESS']);
  expect(attempts.rows).toEqual(
    [1, 2, 3].map((number) => ({ number, outcome: 'RETRY', error_code: 'UPSTREAM_UNAVAILABLE', http_status: 503 })),
  );
  expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(29);
  expect((times[2] ?? 0) - (times[1] ?? 0)).toBeGreaterThanOrEqual(59);
  expect(dispatcher.calls.some((call) => call.syncEventId === ids[1])).toBe(false);
  const [link] = (await db.pool.query(`select state, last_error from links where entity_id = 'ord_bad'`)).rows;
  expect(link).toEqual({ state: 'FAILED', last_error: 'HTTP 503' });
});

it('sends a redriven dead letter again with further attempt numbers, then what waited behind it', async () => {
  let broken = true;
  const dispatcher = await start({ [portal]: {} }, () => (broken ? rejected : delivered('x1')));
  const ids = await enqueue(db, outbox, [effect(portal, 'ord_r'), effect(portal, 'ord_r')]);
  await untilStatus(db, ids.slice(0, 1), 'FAILED');
  broken = false;

  const affected = await db.transaction((tx) =>
    outbox.redrive(tx, {
      merchantId: null,
      ids: ids.slice(0, 1),
      integrationId: null,
      entityType: null,
      entityId: null,
      errorCodes: null,
      createdFrom: null,
      createdTo: null,
    }),
  );
  await untilStatus(db, ids, 'SUCCESS');

  expect(affected).toBe(1);
  expect(dispatcher.calls.map((call) => [call.syncEventId, call.attempt])).toEqual([
    [ids[0], 1],
    [ids[0], 2],
    [ids[1], 1],
  ]);
});

it('keeps the order of each entity under concurrency, over two dispatchers and with failures', async () => {
  const answer = async (e: Effect) => {
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 3));
    return Math.random() < 0.1 ? unavailable : delivered(`o-${e.entityId}`);
  };
  const policy = { concurrency: 8, backoffBaseMs: 5, maxAttempts: 50 };
  const one = await start({ [portal]: policy }, answer);
  const two = await start({ [portal]: { ...policy, honoursIdempotencyKeys: false } }, answer);

  const events = Array.from({ length: 400 }, (_, i) => effect(portal, `ord_o${i % 40}`, { maxAttempts: 50 }));
  const ids = [];
  for (let i = 0; i < 400; i += 50) ids.push(...(await enqueue(db, outbox, events.slice(i, i + 50))));
  await untilStatus(db, ids, 'SUCCESS');

  const { rows } = await db.pool.query(
    `select e.entity_id from sync_events e join sync_attempts a on a.sync_event_id = e.id and a.outcome = 'DELIVERED'
      where e.integration_id = $1
      group by e.entity_id having array_agg(e.id order by a.started_at, e.id) <> array_agg(e.id order by e.id)
         or count(*) <> 10`,
    [portal],
  );
  expect(rows).toEqual([]);
  expect(one.calls.length).toBeGreaterThan(0);
  expect(two.calls.length).toBeGreaterThan(0);
});

it('sends what is more urgent first, and nothing before its time', async () => {
  const accepted = Date.now();
  const ids = await enqueue(db, outbox, [
    effect(portal, 'ord_low', { priority: -1 }),
    effect(portal, 'ord_normal'),
    effect(portal, 'ord_high', { priority: 5 }),
    effect(portal, 'ord_later', { notBefore: new Date(Date.now() + 2_500) }),
    effect(portal, 'ord_normal', { notBefore: new Date(Date.now() + 2_500) }),
  ]);
  const dispatcher = await start({ [portal]: { concurrency: 1 } }, (e) => delivered(e.syncEventId));
  await untilStatus(db, ids, 'SUCCESS');

  const [low, normal, high, ...later] = ids;
  const { calls } = dispatcher;
  const atOnce = calls.filter(({ syncEventId }) => !later.includes(syncEventId));
  expect(atOnce.map(({ syncEventId }) => syncEventId)).toEqual([high, normal, low]);
  for (const { at } of calls.filter((call) => !atOnce.includes(call)))
    expect(at - accepted).toBeGreaterThanOrEqual(2_490);
});

it('sends nothing to a disabled or deleted integration until it is enabled again', async () => {
  const gone = `${portal}-gone`;
  await addIntegration(db, gone);
  await db.pool.query('update integrations set enabled = false where id = $1', [portal]);
  await db.pool.query('update integrations set deleted_at = now() where id = $1', [gone]);
  const dispatcher = await start({ [portal]: {}, [gone]: {} }, () => delivered());
  const ids = await enqueue(db, outbox, [effect(portal, 'ord_d'), effect(gone, 'ord_d')]);
  const other = `${portal}-other`;
  await addIntegration(db, other);

  await db.pool.query('update integrations set enabled = true where id = $1', [portal]);
  dispatcher.wake();
  await untilStatus(db, ids.slice(0, 1), 'SUCCESS');

  expect(dispatcher.calls.map(({ integrationId }) => integrationId)).toEqual([portal]);
  expect(await readStatuses(db, ids)).toEqual(['SUCCESS', 'PENDING']);
});

it('B27 keeps the rate of an integration over all processes', async () => {
  const policy = { ratePerSecond: 50 };
  const one = await start({ [portal]: policy }, () => delivered());
  const two = await start({ [portal]: policy }, () => delivered());

  const ids = await enqueue(
    db,
    outbox,
    Array.from({ length: 40 }, (_, i) => effect(portal, `ord_t${i}`)),
  );
  two.wake();
  await untilStatus(db, ids, 'SUCCESS');

  const times = [...one.calls, ...two.calls].map(({ at }) => at).sort((x, y) => x - y);
  expect(times.length).toBe(40);
  // Five at once, and five more if these were seen late; then 30 at 50 a second.
  expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(550);
});

it('lets the whole integration wait when its upstream answers 429 with Retry-After', async () => {
  let limited = true;
  const dispatcher = await start({ [portal]: { concurrency: 1 } }, () => {
    if (!limited) return delivered();
    limited = false;
    return { ...unavailable, code: 'UPSTREAM_RATE_LIMITED', httpStatus: 429, retryAfterMs: 300 } as never;
  });

  const ids = await enqueue(db, outbox, [effect(portal, 'ord_h1'), effect(portal, 'ord_h2')]);
  await untilStatus(db, ids, 'SUCCESS');

  const [first, ...later] = dispatcher.calls.map(({ at }) => at);
  expect(later.length).toBe(2);
  for (const at of later) expect(at - (first ?? 0)).toBeGreaterThanOrEqual(295);
  const { rows } = await db.pool.query('select circuit, failures from integration_gates where integration_id = $1', [
    portal,
  ]);
  expect(rows).toEqual([{ circuit: 'CLOSED', failures: 0 }]);
});

it('opens the circuit, lets exactly one probe through over all processes, closes it by the first success', async () => {
  let up = false;
  const policy = { circuitFailures: 3, circuitOpenMs: 200, concurrency: 5, backoffBaseMs: 10 };
  const answer = () => (up ? delivered() : unavailable);
  const both = [await start({ [portal]: policy }, answer), await start({ [portal]: policy }, answer)];
  const ids = await enqueue(
    db,
    outbox,
    Array.from({ length: 30 }, (_, i) => effect(portal, `ord_c${i}`, { maxAttempts: 20 })),
  );
  const calls = () => both.flatMap((one) => one.calls.map(({ at }) => at)).sort((x, y) => x - y);
  const gate = async () =>
    (await db.pool.query('select circuit, open_until from integration_gates where integration_id = $1', [portal]))
      .rows[0];

  await until(async () => (await gate()).circuit === 'OPEN');
  // Those that were under way when it opened have begun by then.
  const from = Date.now() + 100;
  await until(() => calls().some((at) => at - from > 500));
  up = true;
  await untilStatus(db, ids, 'SUCCESS');

  const probes = calls().filter((at) => at > from && at - from <= 500);
  expect(probes.length).toBeLessThanOrEqual(3);
  for (let i = 1; i < probes.length; i++) expect((probes[i] ?? 0) - (probes[i - 1] ?? 0)).toBeGreaterThanOrEqual(190);
  const { rows } = await db.pool.query(
    `select kind, data->>'circuit' as circuit from changes where integration_id = $1 and sync_event_id is null order by id`,
    [portal],
  );
  expect(rows[0]).toEqual({ kind: 'connector_health.changed', circuit: 'OPEN' });
  expect(rows.filter(({ circuit }) => circuit === 'CLOSED').length).toBe(1);
});

it('does not open the circuit for rejections', async () => {
  await start({ [portal]: { circuitFailures: 2 } }, () => rejected);

  const ids = await enqueue(
    db,
    outbox,
    Array.from({ length: 10 }, (_, i) => effect(portal, `ord_j${i}`)),
  );
  await untilStatus(db, ids, 'FAILED');

  const { rows } = await db.pool.query('select circuit, failures from integration_gates where integration_id = $1', [
    portal,
  ]);
  expect(rows).toEqual([{ circuit: 'CLOSED', failures: 0 }]);
});

it('makes a dead letter of an answer that the database refuses, and settles its neighbours', async () => {
  await start({ [portal]: {} }, (e) => delivered(e.entityId === 'ord_fine' ? 'fine' : 'same-for-two'));

  const ids = await enqueue(
    db,
    outbox,
    ['ord_u1', 'ord_u2', 'ord_fine'].map((id) => effect(portal, id)),
  );
  await untilStatus(db, ids, 'SUCCESS', 'FAILED');

  const statuses = await readStatuses(db, ids);
  expect(statuses[2]).toBe('SUCCESS');
  expect(statuses.slice(0, 2).sort()).toEqual(['FAILED', 'SUCCESS']);
  const failed = (await readEvents(db, ids)).find(({ status }) => status === 'FAILED');
  expect(failed).toMatchObject({ error_code: 'UPSTREAM_CONFLICT' });
  expect(failed?.error_message).toContain('same-for-two');
});

it('keeps what an upstream says although the database cannot hold every character of it', async () => {
  await start({ [portal]: {} }, (e) =>
    e.entityId === 'ord_ok' ? delivered('x\u0000\ud800😀') : { ...rejected, message: 'no\u0000\udc00 "quotes" \\ {}' },
  );

  const ids = await enqueue(
    db,
    outbox,
    ['ord_ok', 'ord_no'].map((id) => effect(portal, id)),
  );
  await untilStatus(db, ids, 'SUCCESS', 'FAILED');

  const [ok, no] = await readEvents(db, ids);
  expect(ok).toMatchObject({ status: 'SUCCESS', external_id: 'x\ufffd\ufffd😀' });
  expect(no).toMatchObject({ status: 'FAILED', error_message: 'no\ufffd\ufffd "quotes" \\ {}' });
});
