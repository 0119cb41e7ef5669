import { afterAll, beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { acceptBatch } from '../../src/inbox/accept-batch.js';
import type { ReceivedEvent } from '../../src/inbox/events.js';
import { createInbox, type Inbox } from '../../src/inbox/inbox.js';
import { rankOf } from '../../src/inbox/rank.js';
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
    .toSorted((a, b) => a.minute - b.minute || (rankOf('ORDER', a.status) ?? 0) - (rankOf('ORDER', b.status) ?? 0))
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

it('leaves the newest state where another event of the order is committed between the look at the order and its lock', async () => {
  const ends: unknown[] = [];
  for (let round = 0; round < 150; round++) {
    const id = await addOrder(db);
    await addLink(db, id, `back-${round}`);
    const told = (minute: number, status: OrderStatus) =>
      received(event({ externalId: `back-${round}`, minute, status }));

    const [first, second] = [inboxes[round % 2] as Inbox, inboxes[1 - (round % 2)] as Inbox];
    await Promise.all([first.accept(told(1, 'CONFIRMED')), second.accept(told(2, 'PENDING'))]);

    ends.push((await db.pool.query('select status from orders where id = $1', [id])).rows[0].status);
  }

  expect(ends.filter((status) => status !== 'PENDING')).toEqual([]);
});

it('ends in the newest state after an event that bears a time far ahead', async () => {
  let run = 0;
  const shape = steps.chain((set) => fc.tuple(fc.constant(set), fc.shuffledSubarray(set, { minLength: set.length })));
  await fc.assert(
    fc.asyncProperty(
      shape,
      fc.constantFrom(...STATUSES),
      fc.integer({ min: 6, max: 1e6 }),
      async (sets, status, ahead) => {
        run += 1;
        const [set, order] = sets;
        const name = `ahead-${run}`;
        const id = await addOrder(db);
        await addLink(db, id, name);
        const at = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString();
        const told = (step: Partial<Step>, occurredAt: string) =>
          received(event({ externalId: name, occurredAt, status: step.status }));

        await inboxes[0].accept(told({ status }, at(ahead)));
        const base = at(0.02);
        const seconds = (step: Step) => new Date(Date.parse(base) + step.minute * 1000).toISOString();
        await Promise.all(order.map((step, place) => (inboxes[place % 2] as Inbox).accept(told(step, seconds(step)))));

        const { rows } = await db.pool.query('select status from orders where id = $1', [id]);
        expect(rows[0].status).toBe(newestOf(set));
      },
    ),
    { numRuns: 30 },
  );
});

interface Conditional extends Step {
  onlyFrom: OrderStatus[] | undefined;
}
/** Few statuses, so that conditions are often met and often not. */
const FEW: OrderStatus[] = ['PENDING', 'CONFIRMED', 'PAID', 'SHIPPED'];
const conditional = fc.array(
  fc.record({
    minute: fc.integer({ min: 0, max: 3 }),
    status: fc.constantFrom(...FEW),
    onlyFrom: fc.option(fc.subarray(FEW), { nil: undefined }),
  }),
  { minLength: 3, maxLength: 12 },
);

/** What became of events of one order, and how it ended. */
async function outcomeOf(name: string, set: Conditional[], take: (events: ReceivedEvent[]) => Promise<unknown[]>) {
  const id = await addOrder(db);
  await addLink(db, id, name);
  const answers = await take(set.map((step) => received(event({ externalId: name, ...step }))));
  const { rows } = await db.pool.query<{ status: string }>('select status from orders where id = $1', [id]);
  return { answers, status: rows[0]?.status };
}

const together = async (events: ReceivedEvent[]) =>
  (await acceptBatch(db.pool, events)).map((one) => one.status === 'fulfilled' && one.value?.errorCode);

async function oneByOne(events: ReceivedEvent[]) {
  const answers: unknown[] = [];
  for (const one of events) answers.push(...(await together([one])));
  return answers;
}

it('judges events that name the statuses they move from in one batch as it does one by one', async () => {
  let run = 0;
  await fc.assert(
    fc.asyncProperty(conditional, async (set) => {
      run += 1;

      const batch = await outcomeOf(`batch-${run}`, set, together);
      const single = await outcomeOf(`single-${run}`, set, oneByOne);

      expect(batch).toEqual(single);
    }),
    { numRuns: 60 },
  );
});

it('follows a chain of four events in one batch, each of which moves on from what the one before it made', async () => {
  const chain: Conditional[] = [
    { minute: 0, status: 'CONFIRMED', onlyFrom: ['PENDING'] },
    { minute: 1, status: 'PAID', onlyFrom: ['CONFIRMED'] },
    { minute: 2, status: 'CONFIRMED', onlyFrom: ['PENDING'] },
    { minute: 3, status: 'SHIPPED', onlyFrom: ['PAID'] },
  ];

  expect(await outcomeOf('chain', chain, together)).toEqual({
    answers: [null, null, 'OUT_OF_DATE', null],
    status: 'SHIPPED',
  });
});
