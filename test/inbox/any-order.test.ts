import { afterAll, beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ReceivedEvent } from '../../src/inbox/events.js';
import { createInbox, type Inbox } from '../../src/inbox/inbox.js';
import { progressOf } from '../../src/inbox/progress.js';
import { OrderStatus } from '../../src/model/statuses.js';
import { createTestDatabase, type TestDatabase } from '../harness/database.js';
import { addLink, addOrder, addShop, event, received } from './fixtures.js';

let db: TestDatabase;
let inboxes: [Inbox, Inbox];
beforeAll(async () => {
  db = await createTestDatabase();
  await addShop(db);
  const create = () => createInbox({ db, onCommit: () => {} });
  inboxes = [create(), create()];
});
afterAll(() => db.drop());

const STATUSES = Object.values(OrderStatus);

interface Step {
  minute: number;
  status: OrderStatus;
}
const steps = fc.array(fc.record({ minute: fc.integer({ min: 0, max: 5 }), status: fc.constantFrom(...STATUSES) }), {
  minLength: 1,
  maxLength: 10,
});

/** The newest by the sender's clock; within one instant the one that is further along. */
const newestOf = (set: Step[]) =>
  set
    .toSorted(
      (a, b) => a.minute - b.minute || (progressOf('ORDER', a.status) ?? 0) - (progressOf('ORDER', b.status) ?? 0),
    )
    .at(-1)?.status;

it('ends in the newest state whatever the order, the repetitions and the batches of a set of events', async () => {
  let run = 0;
  const shape = steps.chain((set) => {
    const sendings = set.flatMap((_, index) => [index, index]);
    return fc.tuple(
      fc.constant(set),
      fc.shuffledSubarray(sendings, { minLength: sendings.length }),
      fc.array(fc.boolean()),
    );
  });
  await fc.assert(
    fc.asyncProperty(shape, async ([set, order, pauses]) => {
      run += 1;
      const id = await addOrder(db);
      await addLink(db, id, `any-${run}`);
      const events = set.map((step) => received(event({ externalId: `any-${run}`, ...step })));

      const sent: Promise<unknown>[] = [];
      for (const [place, index] of order.entries()) {
        sent.push((inboxes[place % 2] as Inbox).accept(events[index] as ReceivedEvent));
        if (pauses[place]) await sent.at(-1);
      }
      await Promise.all(sent);

      const { rows } = await db.pool.query('select status from orders where id = $1', [id]);
      expect(rows[0].status).toBe(newestOf(set));
    }),
    { numRuns: 50 },
  );
});
