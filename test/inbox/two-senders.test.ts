import { afterAll, beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { acceptBatch } from '../../src/inbox/accept-batch.js';
import type { ReceivedEvent } from '../../src/inbox/events.js';
import { createInbox, type Inbox } from '../../src/inbox/inbox.js';
import { rankOf } from '../../src/inbox/rank.js';
import { newId } from '../../src/model/ids.js';
import { OrderStatus } from '../../src/model/statuses.js';
import { createTestDatabase, type TestDatabase } from '../harness/database.js';
import { addInvoice, addLink, addOrder, addShop, event, received } from './fixtures.js';

const SENDERS = ['portal', 'warehouse'] as const;
type Sender = (typeof SENDERS)[number];

let db: TestDatabase;
let inboxes: [Inbox, Inbox];
beforeAll(async () => {
  db = await createTestDatabase();
  await addShop(db);
  const create = () => createInbox({ db, onCommit: () => {} });
  inboxes = [create(), create()];
});
afterAll(() => db.drop());

const one = async (text: string, values: unknown[] = []) => (await db.pool.query(text, values)).rows[0];
const statusOf = async (order: string) => (await one('select status from orders where id = $1', [order])).status;

let count = 0;

/** An order that both systems have, and what one of them tells of it. */
async function sharedOrder() {
  count += 1;
  const name = `shared-${count}`;
  const order = await addOrder(db);
  for (const sender of SENDERS) await addLink(db, order, name, 'ORDER', sender);
  const told = (sender: Sender, fields: Parameters<typeof event>[0]) =>
    received(event({ externalId: name, ...fields }), sender);
  return { order, told, tell: (...args: Parameters<typeof told>) => inboxes[0].accept(told(...args)) };
}

interface Step {
  sender: Sender;
  minute: number;
  status: OrderStatus;
}
const steps = fc.array(
  fc.record({
    sender: fc.constantFrom(...SENDERS),
    minute: fc.integer({ min: 0, max: 6 }),
    status: fc.constantFrom(...Object.values(OrderStatus)),
  }),
  { minLength: 2, maxLength: 10 },
);

const newestOf = (set: Step[]) =>
  set
    .toSorted((a, b) => a.minute - b.minute || (rankOf('ORDER', a.status) ?? 0) - (rankOf('ORDER', b.status) ?? 0))
    .at(-1)?.status;

it('ends in the newest state whatever the order, the repetitions and the batches of what two systems tell', async () => {
  const shape = steps.chain((set) => {
    const sendings = set.flatMap((_, index) => [index, index]);
    return fc.tuple(
      fc.constant(set),
      fc.shuffledSubarray(sendings, { minLength: sendings.length }),
      fc.array(fc.boolean()),
    );
  });
  await fc.assert(
    fc.asyncProperty(shape, async ([set, sendings, pauses]) => {
      const { order, told } = await sharedOrder();
      const events = set.map(({ sender, ...step }) => told(sender, step));

      const sent: Promise<unknown>[] = [];
      for (const [place, index] of sendings.entries()) {
        sent.push((inboxes[place % 2] as Inbox).accept(events[index] as ReceivedEvent));
        if (pauses[place]) await sent.at(-1);
      }
      await Promise.all(sent);

      expect(await statusOf(order)).toBe(newestOf(set));
    }),
    { numRuns: 50 },
  );
});

it('judges what two systems tell in one batch as it does one by one', async () => {
  const take = async (set: Step[], size: number) => {
    const { order, told } = await sharedOrder();
    const events = set.map(({ sender, ...step }) => told(sender, step));
    const answers: unknown[] = [];
    for (let from = 0; from < events.length; from += size)
      for (const settled of await acceptBatch(db.pool, events.slice(from, from + size)))
        answers.push(settled.status === 'fulfilled' && settled.value?.errorCode);
    return { answers, status: await statusOf(order) };
  };
  await fc.assert(
    fc.asyncProperty(steps, async (set) => {
      const batch = await take(set, set.length);
      const single = await take(set, 1);

      expect(batch).toEqual(single);
    }),
    { numRuns: 40 },
  );
});

it('leaves the newest state where the other system repeats it between the look at the order and its lock', async () => {
  const ends: unknown[] = [];
  for (let round = 0; round < 100; round++) {
    const { order, told, tell } = await sharedOrder();
    await tell('portal', { status: 'SHIPPED', minute: 1 });
    const [first, second] = [inboxes[round % 2] as Inbox, inboxes[1 - (round % 2)] as Inbox];

    await Promise.all([
      first.accept(told('warehouse', { status: 'SHIPPED', minute: 3 })),
      second.accept(told('portal', { status: 'PROCESSING', minute: 2 })),
    ]);

    ends.push(await statusOf(order));
  }

  expect(ends.filter((status) => status !== 'SHIPPED')).toEqual([]);
});

it('keeps as IGNORED what one system tells of a time before what another has told', async () => {
  const { order, tell } = await sharedOrder();
  await tell('warehouse', { status: 'SHIPPED', minute: 10 });

  const late = await tell('portal', { status: 'PROCESSING', minute: 9 });
  const next = await tell('portal', { status: 'DELIVERED', minute: 11 });

  expect(late).toMatchObject({ status: 'IGNORED', errorCode: 'OUT_OF_DATE', entityStatus: 'SHIPPED' });
  expect(next).toMatchObject({ status: 'PROCESSED', entityStatus: 'DELIVERED' });
  const { rows } = await db.pool.query(`select kind from changes where entity_id = $1 and kind like 'order.%'`, [
    order,
  ]);
  expect(rows).toHaveLength(2);
});

it('keeps as IGNORED what is older than what another system has told a hub of a former version', async () => {
  const { order, tell } = await sharedOrder();
  await tell('portal', { status: 'CONFIRMED', minute: 1 });
  await tell('warehouse', { status: 'SHIPPED', minute: 10 });
  // That version kept no more than the time of the newest event and its rank.
  await db.pool.query('update links set status_at = null, status_rank = null where entity_id = $1', [order]);

  const late = await tell('portal', { status: 'PROCESSING', minute: 9 });
  const next = await tell('portal', { status: 'DELIVERED', minute: 11 });

  expect(late).toMatchObject({ status: 'IGNORED', errorCode: 'OUT_OF_DATE', entityStatus: 'SHIPPED' });
  expect(next).toMatchObject({ status: 'PROCESSED', entityStatus: 'DELIVERED' });
});

it('takes the tracking numbers of late news that says what is so already', async () => {
  const { order, tell } = await sharedOrder();
  await tell('portal', { status: 'SHIPPED', minute: 10 });

  const late = await tell('warehouse', { status: 'SHIPPED', minute: 9, trackingNumbers: ['TRK-1'] });

  expect(late.status).toBe('PROCESSED');
  expect(await one('select status, tracking_numbers from orders where id = $1', [order])).toEqual({
    status: 'SHIPPED',
    tracking_numbers: ['TRK-1'],
  });
});

it('lets a status be, whenever another system has told anything else', async () => {
  const { order, tell } = await sharedOrder();
  await tell('portal', { minute: 10, contents: { notes: 'Ring twice' } });

  const late = await tell('warehouse', { status: 'SHIPPED', minute: 9, contents: { notes: 'Ring once' } });
  const older = await tell('portal', { status: 'CONFIRMED', minute: 11, onlyFrom: ['PENDING'] });

  expect([late.status, older.status]).toEqual(['PROCESSED', 'IGNORED']);
  expect(await one('select status, notes from orders where id = $1', [order])).toEqual({
    status: 'SHIPPED',
    notes: 'Ring twice',
  });
});

it('takes what is further along of two systems whose times are seconds apart', async () => {
  const { order, tell } = await sharedOrder();
  await tell('portal', { status: 'PROCESSING', occurredAt: '2026-02-15T10:00:04Z' });

  const ahead = await tell('warehouse', { status: 'SHIPPED', occurredAt: '2026-02-15T10:00:01.5Z' });
  const behind = await tell('portal', { status: 'PACKED', occurredAt: '2026-02-15T10:00:04.1Z' });

  expect([ahead.status, behind.status]).toEqual(['PROCESSED', 'PROCESSED']);
  expect(await statusOf(order)).toBe('PACKED');
});

it('takes a payment of a time before another system confirmed the order, and no confirmation of a time before the payment', async () => {
  const BEFORE: OrderStatus[] = ['PENDING', 'CONFIRMED', 'ON_HOLD'];
  const [early, late, onward] = [await sharedOrder(), await sharedOrder(), await sharedOrder()];
  const paid = (minute: number) => ({ status: 'PAID' as const, minute, onlyFrom: BEFORE });

  await early.tell('warehouse', { status: 'CONFIRMED', minute: 10 });
  await early.tell('portal', paid(9));
  await late.tell('portal', paid(10));
  await late.tell('warehouse', { status: 'CONFIRMED', minute: 9 });
  await onward.tell('portal', paid(10));
  await onward.tell('warehouse', { status: 'PROCESSING', minute: 9 });

  const ends = await Promise.all([early, late, onward].map(({ order }) => statusOf(order)));
  expect(ends).toEqual(['PAID', 'PAID', 'PROCESSING']);
});

it('holds the order of what two systems tell of an invoice, and takes a payment of any time', async () => {
  const invoice = await addInvoice(db);
  for (const sender of SENDERS) await addLink(db, invoice, 'inv-1', 'INVOICE', sender);
  const tell = (sender: Sender, fields: Parameters<typeof event>[0]) =>
    inboxes[0].accept(received(event({ entityType: 'INVOICE', externalId: 'inv-1', ...fields }), sender));

  await tell('portal', { status: 'SENT', minute: 10, notes: 'newer' });
  const older = await tell('warehouse', { status: 'OVERDUE', minute: 9, notes: 'older' });
  const payment = await tell('warehouse', { minute: 8, notes: 'older', paidAmount: '4.50' });
  const words = await tell('warehouse', { minute: 9, notes: 'older' });

  expect([older.errorCode, payment.errorCode, words.errorCode]).toEqual(['OUT_OF_DATE', null, 'OUT_OF_DATE']);
  expect(await one('select status, notes, paid_amount from invoices where id = $1', [invoice])).toEqual({
    status: 'SENT',
    notes: 'newer',
    paid_amount: '4.50',
  });
});

it('ends with the newest name of a customer whatever the order in which two systems tell it', async () => {
  const names = fc.uniqueArray(
    fc.record({ sender: fc.constantFrom(...SENDERS), minute: fc.integer({ max: 59, min: 0 }) }),
    {
      selector: ({ minute }) => minute,
      minLength: 2,
      maxLength: 6,
    },
  );
  await fc.assert(
    fc.asyncProperty(names, async (set) => {
      const customer = newId('Customer');
      await db.pool.query(`insert into customers (id, merchant_id, name) values ($1, 'shop', 'Old')`, [customer]);
      for (const sender of SENDERS) await addLink(db, customer, customer, 'CUSTOMER', sender);

      const told = set.map(({ sender, minute }) =>
        received(event({ entityType: 'CUSTOMER', externalId: customer, minute, name: `Name ${minute}` }), sender),
      );
      await Promise.all(told.map((each, place) => (inboxes[place % 2] as Inbox).accept(each)));

      const { name } = await one('select name from customers where id = $1', [customer]);
      expect(name).toBe(`Name ${Math.max(...set.map(({ minute }) => minute))}`);
    }),
    { numRuns: 30 },
  );
});
