import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { createOutbox } from '../../src/outbox/outbox.js';
import { createTestDatabase, type TestDatabase } from '../harness/database.js';
import {
  addIntegration,
  delivered,
  effect,
  enqueue,
  type TestDispatcher,
  testDispatcher,
  untilStatus,
} from './harness.js';

const policy = { concurrency: 5 };
let db: TestDatabase;
const running: TestDispatcher[] = [];
beforeAll(async () => {
  db = await createTestDatabase();
  await addIntegration(db, 'portal');
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.stop(2000)));
});
afterAll(() => db.drop());

async function start(answer: Parameters<typeof testDispatcher>[2]): Promise<TestDispatcher> {
  const dispatcher = testDispatcher(db, { portal: policy }, answer);
  running.push(dispatcher);
  await dispatcher.start();
  return dispatcher;
}

it('G23 divides the calls at once of an integration among all processes', async () => {
  const outbox = createOutbox({ wake: () => running[0]?.wake(), changed: () => {} });
  let calling = 0;
  const seen: number[] = [];
  const answer = async () => {
    seen.push(++calling);
    await new Promise((resolve) => setTimeout(resolve, 20));
    calling -= 1;
    return delivered();
  };
  const one = await start(answer);
  const two = await start(answer);

  const ids = await enqueue(
    db,
    outbox,
    Array.from({ length: 300 }, (_, i) => effect('portal', `ord_${i}`)),
  );
  await untilStatus(db, ids, 'SUCCESS');

  // The first one learns of the second within 200 ms.
  const later = seen.slice(150);
  expect(Math.max(...later)).toBeLessThanOrEqual(5);
  expect(Math.max(...later)).toBeGreaterThanOrEqual(3);
  expect(Math.min(one.calls.length, two.calls.length)).toBeGreaterThan(30);
});
