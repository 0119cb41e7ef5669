import { afterAll, afterEach, beforeAll, expect, it, jest } from '@jest/globals';
import { createOutbox } from '../../src/outbox/outbox.js';
import { createTestDatabase, type TestDatabase } from '../harness/database.js';
import {
  addIntegration,
  delivered,
  effect,
  enqueue,
  type TestDispatcher,
  testDispatcher,
  until,
  untilStatus,
} from './harness.js';

/** What asks anew each second is an interval: it never comes round. */
const EVERYTHING_ELSE = [
  'Date',
  'hrtime',
  'nextTick',
  'performance',
  'queueMicrotask',
  'setImmediate',
  'clearImmediate',
  'setTimeout',
  'clearTimeout',
] as const;

let db: TestDatabase;
let dispatcher: TestDispatcher;
beforeAll(async () => {
  db = await createTestDatabase();
  await addIntegration(db, 'portal');
});
afterEach(() => dispatcher.stop(2000));
afterAll(() => db.drop());

it('G23 takes more at once as soon as the integration allows it, without asking anew', async () => {
  const outbox = createOutbox({ wake: () => dispatcher.wake(), changed: () => {} });
  const policy = { concurrency: 1 };
  const held = Promise.withResolvers<void>();
  jest.useFakeTimers({ doNotFake: [...EVERYTHING_ELSE] });
  dispatcher = testDispatcher(db, { portal: policy }, () => held.promise.then(() => delivered()));
  await dispatcher.start();
  jest.useRealTimers();
  const ids = await enqueue(
    db,
    outbox,
    ['ord_1', 'ord_2', 'ord_3'].map((id) => effect('portal', id)),
  );
  await until(() => dispatcher.calls.length > 0);

  policy.concurrency = 3;
  await db.pool.query(`update integrations set settings = $1 where id = 'portal'`, [policy]);
  await until(() => dispatcher.calls.length === 3);
  held.resolve();
  await untilStatus(db, ids, 'SUCCESS');

  expect(new Set(dispatcher.calls.map(({ entityId }) => entityId)).size).toBe(3);
});
