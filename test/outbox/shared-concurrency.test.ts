import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { createOutbox } from '../../src/outbox/outbox.js';
import { createTestDatabase, type TestDatabase } from '../harness/database.js';
import { eventually } from '../harness/eventually.js';
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
  let most = 0;
  const answer = async () => {
    most = Math.max(most, ++calling);
    await new Promise((resolve) => setTimeout(resolve, 20));
    calling -= 1;
    return delivered();
  };
  let count = 0;
  const mostAtOnce = async () => {
    most = 0;
    const effects = Array.from({ length: 60 }, () => effect('portal', `ord_${++count}`));
    await untilStatus(db, await enqueue(db, outbox, effects), 'SUCCESS');
    return most;
  };
  const one = await start(answer);
  const two = await start(answer);

  // Until the first one has learnt of the second.
  await eventually(mostAtOnce, (calls) => calls <= 5);
  const before = [one.calls.length, two.calls.length] as const;
  const later = await mostAtOnce();

  expect(later).toBeLessThanOrEqual(5);
  expect(one.calls.length).toBeGreaterThan(before[0]);
  expect(two.calls.length).toBeGreaterThan(before[1]);
});
