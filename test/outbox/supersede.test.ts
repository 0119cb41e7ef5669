import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import type { DeliveryResult } from '../../src/connectors/connector.js';
import { createOutbox } from '../../src/outbox/outbox.js';
import { createTestDatabase, type TestDatabase } from '../harness/database.js';
import {
  addIntegration,
  delivered,
  effect,
  enqueue,
  readEvents,
  readStatuses,
  rejected,
  type TestDispatcher,
  testDispatcher,
  unavailable,
  until,
  untilStatus,
} from './harness.js';

let db: TestDatabase;
let running: TestDispatcher | null = null;
const outbox = createOutbox({ wake: () => running?.wake(), changed: () => {} });

beforeAll(async () => {
  db = await createTestDatabase();
  await addIntegration(db, 'portal');
});
afterEach(async () => {
  await running?.stop(1000);
  running = null;
});
afterAll(() => db.drop());

async function start(answer: Parameters<typeof testDispatcher>[2]): Promise<TestDispatcher> {
  running = testDispatcher(db, { portal: {} }, answer);
  await running.start();
  return running;
}

/** A dead letter that got `first` as its only answer, then a newer event in its place, sent to an upstream that works. */
async function supersede(entityId: string, first: DeliveryResult) {
  const answers = [first];
  const dispatcher = await start((e) => answers.shift() ?? delivered(`made-by-${e.syncEventId}`));
  const [dead = ''] = await enqueue(db, outbox, [effect('portal', entityId, { maxAttempts: 1 })]);
  await untilStatus(db, [dead], 'FAILED');
  const [newer = ''] = await db.transaction(async (tx) => {
    await outbox.supersede(tx, { integrationId: 'portal', entityType: 'ORDER', entityId });
    return outbox.enqueue(tx, [effect('portal', entityId)]);
  });
  await untilStatus(db, [newer], 'SUCCESS');
  return { dead, newer, calls: dispatcher.calls };
}

it('repeats a create of which nobody knows whether it happened, and sends the newer event as an update of it', async () => {
  const { dead, newer, calls } = await supersede('ord_unknown', unavailable);

  const [event] = await readEvents(db, [dead]);
  expect(event?.status).toBe('SKIPPED');
  expect(calls.map((call) => [call.syncEventId, call.externalId])).toEqual([
    [dead, null],
    [dead, null],
    [newer, `made-by-${dead}`],
  ]);
  expect(new Set(calls.slice(0, 2).map((call) => call.idempotencyKey))).toEqual(new Set([event?.idempotency_key]));
});

it('skips a create that was rejected, and creates by the newer event', async () => {
  const { dead, newer, calls } = await supersede('ord_rejected', rejected);

  expect(await readStatuses(db, [dead])).toEqual(['SKIPPED']);
  expect(calls.map((call) => [call.syncEventId, call.externalId])).toEqual([
    [dead, null],
    [newer, null],
  ]);
});

it('does not skip an event that was claimed with the one before it, though it has not started', async () => {
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const ids = await enqueue(
    db,
    outbox,
    Array.from({ length: 18 }, () => effect('portal', 'ord_claimed')),
  );
  const dispatcher = await start(async () => {
    await held;
    return delivered('x');
  });
  await until(() => dispatcher.calls.length === 1);

  const claimed = db.transaction((tx) => outbox.skip(tx, ids[15] ?? '', 'no'));
  await expect(claimed).rejects.toMatchObject({ code: 'INVALID_STATE' });
  await db.transaction((tx) => outbox.skip(tx, ids[16] ?? '', 'not claimed yet'));
  release();
  await untilStatus(db, ids, 'SUCCESS', 'SKIPPED');

  expect((await readStatuses(db, ids)).filter((status) => status === 'SKIPPED').length).toBe(1);
  expect(dispatcher.calls.length).toBe(17);
});

it('skips all that waits for an integration in one statement, but for what is being sent', async () => {
  await addIntegration(db, 'leaving');
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const sending = Array.from({ length: 18 }, () => effect('leaving', 'ord_sending'));
  const ids = await enqueue(db, outbox, sending);
  running = testDispatcher(db, { leaving: { concurrency: 1 } }, async () => {
    await held;
    return delivered('x');
  });
  await running.start();
  await until(() => running?.calls.length === 1);
  const waiting = await enqueue(db, outbox, [effect('leaving', 'ord_waits'), effect('leaving', 'ord_waits')]);

  const skipped = await db.transaction((tx) => outbox.skipAll(tx, 'leaving', 'It leaves.'));
  release();
  await untilStatus(db, ids, 'SUCCESS', 'SKIPPED');

  expect(skipped).toBe(4);
  expect(await readStatuses(db, waiting)).toEqual(['SKIPPED', 'SKIPPED']);
  expect((await readStatuses(db, ids)).filter((status) => status === 'SUCCESS').length).toBe(16);
  const { rows } = await db.pool.query(
    `select k.state, l.head = l.tail as empty from links k join lanes l on l.id = k.id where k.integration_id = 'leaving' order by 1`,
  );
  expect(rows).toEqual([
    { state: 'SKIPPED', empty: true },
    { state: 'SYNCED', empty: true },
  ]);
});
