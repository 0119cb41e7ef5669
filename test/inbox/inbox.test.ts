import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createInbox, type Inbox } from '../../src/inbox/inbox.js';
import { newId } from '../../src/model/ids.js';
import { createTestDatabase, type TestDatabase } from '../harness/database.js';
import { addInvoice, addLink, addOrder, addShop, event, received } from './fixtures.js';

let db: TestDatabase;
let inbox: Inbox;
beforeAll(async () => {
  db = await createTestDatabase();
  await addShop(db);
  inbox = createInbox({ db, onCommit: () => {} });
});
afterAll(() => db.drop());

const one = async (text: string, values: unknown[] = []) => (await db.pool.query(text, values)).rows[0];

it('applies a status to the order and writes the webhook event, the inbound sync event and the changes in order', async () => {
  const order = await addOrder(db);
  await addLink(db, order, 'ext-1');

  const acceptance = await inbox.accept(
    received(event({ externalId: 'ext-1', status: 'SHIPPED', trackingNumbers: ['TRK1', '🚚-٣'] })),
  );

  expect(acceptance).toMatchObject({
    status: 'PROCESSED',
    duplicate: false,
    entityId: order,
    externalId: 'ext-1',
    entityStatus: 'SHIPPED',
    errorCode: null,
  });
  expect(await one('select status, tracking_numbers from orders where id = $1', [order])).toEqual({
    status: 'SHIPPED',
    tracking_numbers: ['TRK1', '🚚-٣'],
  });
  expect(
    await one(
      'select status, direction, operation, lane_id, processed_at is not null as done from sync_events where entity_id = $1',
      [order],
    ),
  ).toEqual({ status: 'SUCCESS', direction: 'INBOUND', operation: 'STATUS_CHANGE', lane_id: null, done: true });
  const changes = await db.pool.query('select kind, data from changes where entity_id = $1 order by id', [order]);
  expect(changes.rows.map(({ kind }) => kind)).toEqual([
    'webhook_event.status_changed',
    'sync_event.status_changed',
    'order.status_changed',
  ]);
  expect(JSON.parse(changes.rows[2].data)).toMatchObject({
    previousStatus: 'PENDING',
    newStatus: 'SHIPPED',
    sourceStatus: 'SHIPPED',
    externalId: 'ext-1',
  });
});

it('answers a repeated event with the first answer and one effect', async () => {
  const order = await addOrder(db);
  await addLink(db, order, 'ext-2');
  const first = received(event({ externalId: 'ext-2', status: 'SHIPPED' }));

  const [a, b] = await Promise.all([inbox.accept(first), inbox.accept(first)]);
  await inbox.accept(received(event({ externalId: 'ext-2', status: 'DELIVERED', minute: 9 })));
  const later = await inbox.accept(first);

  expect([a.duplicate, b.duplicate]).toEqual([false, true]);
  expect({ ...b, duplicate: false }).toEqual(a);
  expect(later).toEqual(b);
  expect((await one('select count(*)::int as n from sync_events where entity_id = $1', [order])).n).toBe(2);
});

const inMinutes = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString();

it('takes an event that bears a time far ahead for one of now, and says so', async () => {
  const order = await addOrder(db);
  await addLink(db, order, 'ext-ahead');
  const [soon, far] = [inMinutes(3), '2999-01-01T00:00:00.000Z'];

  const ahead = await inbox.accept(received(event({ externalId: 'ext-ahead', status: 'SHIPPED', occurredAt: far })));
  const next = await inbox.accept(received(event({ externalId: 'ext-ahead', status: 'DELIVERED', occurredAt: soon })));

  const { rows } = await db.pool.query<{ dated: string | null; age: number }>(
    `select dated_at::text as dated, extract(epoch from created_at - occurred_at)::int as age
     from webhook_events where external_id = 'ext-ahead' order by occurred_at`,
  );
  const change = await one(
    `select data ->> 'occurredAt' as at from changes where entity_id = $1 and kind = 'order.status_changed' order by id`,
    [order],
  );
  expect([ahead.status, next.status]).toEqual(['PROCESSED', 'PROCESSED']);
  expect(rows).toEqual([
    { dated: expect.stringContaining('2999-01-01'), age: 0 },
    { dated: null, age: expect.any(Number) },
  ]);
  expect(Math.abs(Date.parse(change.at) - Date.now())).toBeLessThan(60_000);
});

it('takes it for one of when it was received, however late it is applied', async () => {
  const far = received(event({ externalId: 'ext-later', status: 'SHIPPED', occurredAt: inMinutes(60) }));
  await inbox.accept(far);
  await inbox.accept(received(event({ externalId: 'ext-later', status: 'DELIVERED', occurredAt: inMinutes(0.05) })));
  const order = await addOrder(db);
  await addLink(db, order, 'ext-later');

  await inbox.applyWaiting({ integrationId: 'portal', entityType: 'ORDER', externalId: 'ext-later' });

  expect((await one('select status from orders where id = $1', [order])).status).toBe('DELIVERED');
});

it('keeps an event that is out of date as IGNORED', async () => {
  const order = await addOrder(db);
  await addLink(db, order, 'ext-3');
  await inbox.accept(received(event({ externalId: 'ext-3', status: 'DELIVERED', minute: 5 })));

  const late = await inbox.accept(received(event({ externalId: 'ext-3', status: 'SHIPPED', minute: 4 })));

  expect(late).toMatchObject({ status: 'IGNORED', errorCode: 'OUT_OF_DATE', entityStatus: 'DELIVERED' });
  expect((await one('select status from orders where id = $1', [order])).status).toBe('DELIVERED');
});

it('compares the events of one statement with each other', async () => {
  const order = await addOrder(db);
  await addLink(db, order, 'ext-4');

  const [newer, older] = await Promise.all([
    inbox.accept(received(event({ externalId: 'ext-4', status: 'DELIVERED', minute: 5 }))),
    inbox.accept(received(event({ externalId: 'ext-4', status: 'SHIPPED', minute: 4 }))),
  ]);

  expect([newer.status, older.status]).toEqual(['PROCESSED', 'IGNORED']);
  expect((await one('select status from orders where id = $1', [order])).status).toBe('DELIVERED');
});

it('keeps an event for an unknown order and applies it when the order appears', async () => {
  const early = await inbox.accept(received(event({ externalId: 'ext-5', status: 'SHIPPED' })));
  const order = await addOrder(db);
  await addLink(db, order, 'ext-5');

  await inbox.applyWaiting({ integrationId: 'portal', entityType: 'ORDER', externalId: 'ext-5' });

  expect(early).toMatchObject({ status: 'FAILED', errorCode: 'UNKNOWN_ENTITY', entityId: null });
  expect((await one('select status from orders where id = $1', [order])).status).toBe('SHIPPED');
  expect(
    await one('select status, entity_id, error_code from webhook_events where id = $1', [early.webhookEventId]),
  ).toEqual({
    status: 'PROCESSED',
    entity_id: order,
    error_code: null,
  });
});

it('learns the external id of an order that it finds by hub id or number', async () => {
  const byId = await addOrder(db);
  const byNumber = await addOrder(db);

  const [first, second] = await Promise.all([
    inbox.accept(received(event({ externalId: 'ext-6', entityId: byId, status: 'CONFIRMED' }))),
    inbox.accept(received(event({ externalId: 'ext-7', number: `N-${byNumber}`, status: 'CONFIRMED' }))),
  ]);

  expect([first.entityId, second.entityId]).toEqual([byId, byNumber]);
  const links = await db.pool.query('select external_id from links where entity_id = any ($1) order by 1', [
    [byId, byNumber],
  ]);
  expect(links.rows.map((row) => row.external_id)).toEqual(['ext-6', 'ext-7']);
});

it('B18 B4 applies status, paid date and exact paid amount to an invoice', async () => {
  const invoice = await addInvoice(db);
  await addLink(db, invoice, 'ext-8', 'INVOICE');

  const acceptance = await inbox.accept(
    received(
      event({
        entityType: 'INVOICE',
        externalId: 'ext-8',
        status: 'PAID',
        paidAt: '2026-02-15T10:30:00Z',
        paidAmount: '90071992547409931.1234',
      }),
    ),
  );

  expect(acceptance.status).toBe('PROCESSED');
  expect(await one('select status, paid_amount, paid_at from invoices where id = $1', [invoice])).toEqual({
    status: 'PAID',
    paid_amount: '90071992547409931.1234',
    paid_at: '2026-02-15 10:30:00+00',
  });
});

it('B19 keeps an unmapped status as FAILED when mapping is strict, as IGNORED otherwise, and changes nothing', async () => {
  const order = await addOrder(db);
  await addLink(db, order, 'ext-9');
  const unmapped = () => event({ externalId: 'ext-9', status: null, sourceStatus: 'ODD' });

  const lenient = await inbox.accept(received(unmapped()));
  const strict = await inbox.accept({ ...received(unmapped()), strictMapping: true });

  expect([lenient.status, strict.status]).toEqual(['IGNORED', 'FAILED']);
  expect(strict.errorCode).toBe('UNMAPPED_STATUS');
  expect((await one('select status from orders where id = $1', [order])).status).toBe('PENDING');
});

it('refuses one bad event and accepts its neighbours', async () => {
  const order = await addOrder(db);
  await addLink(db, order, 'ext-10');
  const deep = received(event({ externalId: 'ext-10', status: 'SHIPPED' }));

  const settled = await Promise.allSettled([
    inbox.accept(received({ ...event({ externalId: 'ext-10', status: 'SHIPPED' }), occurredAt: 'yesterday-ish' })),
    inbox.accept({ ...deep, rawBody: Buffer.from(`${'['.repeat(100_000)}${']'.repeat(100_000)}`) }),
    inbox.accept({
      ...received(event({ externalId: 'ext-10', status: 'PACKED' })),
      rawBody: Buffer.from('{"n":1e999999}'),
    }),
    inbox.accept(received(event({ externalId: 'ext-10', status: 'DELIVERED', minute: 2 }))),
  ]);

  expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected', 'fulfilled']);
  expect(settled.slice(0, 3).map((one) => (one as PromiseRejectedResult).reason.code)).toEqual(
    Array(3).fill('INVALID_SHAPE'),
  );
  expect((await one('select status from orders where id = $1', [order])).status).toBe('DELIVERED');
});

it('is not held up by an order that somebody else holds', async () => {
  const [held, free] = [await addOrder(db), await addOrder(db)];
  await addLink(db, held, 'ext-11');
  await addLink(db, free, 'ext-12');
  const holder = await db.pool.connect();
  await holder.query('begin');
  await holder.query('select 1 from orders where id = $1 for update', [held]);

  const blocked = inbox.accept(received(event({ externalId: 'ext-11', status: 'SHIPPED' })));
  const passing = await inbox.accept(received(event({ externalId: 'ext-12', status: 'SHIPPED' })));
  await holder.query('commit');
  holder.release();

  expect(passing.status).toBe('PROCESSED');
  expect((await blocked).status).toBe('PROCESSED');
});

it('keeps tracking numbers when a later event carries none', async () => {
  const order = await addOrder(db);
  await addLink(db, order, 'ext-13');
  await inbox.accept(received(event({ externalId: 'ext-13', status: 'SHIPPED', trackingNumbers: ['TRK1'] })));

  await inbox.accept(received(event({ externalId: 'ext-13', status: 'DELIVERED', trackingNumbers: [], minute: 1 })));

  expect(await one('select status, tracking_numbers from orders where id = $1', [order])).toEqual({
    status: 'DELIVERED',
    tracking_numbers: ['TRK1'],
  });
});

it('applies whichever is further along of two events of one instant, in either order', async () => {
  const orders = [await addOrder(db), await addOrder(db)];
  await addLink(db, orders[0] as string, 'ext-14');
  await addLink(db, orders[1] as string, 'ext-15');

  await inbox.accept(received(event({ externalId: 'ext-14', status: 'SHIPPED' })));
  await inbox.accept(received(event({ externalId: 'ext-14', status: 'PROCESSING' })));
  await inbox.accept(received(event({ externalId: 'ext-15', status: 'PROCESSING' })));
  await inbox.accept(received(event({ externalId: 'ext-15', status: 'SHIPPED' })));

  const { rows } = await db.pool.query('select status from orders where id = any ($1)', [orders]);
  expect(rows.map(({ status }) => status)).toEqual(['SHIPPED', 'SHIPPED']);
});

it('changes each order once when every event comes twice in one batch', async () => {
  const orders = await Promise.all(Array.from({ length: 40 }, () => addOrder(db)));
  await Promise.all(orders.map((order, index) => addLink(db, order, `twice-${index}`)));
  const events = orders.map((_, index) => received(event({ externalId: `twice-${index}`, status: 'SHIPPED' })));

  const acceptances = await Promise.all([...events, ...events].map((one) => inbox.accept(one)));

  expect(acceptances.filter(({ duplicate }) => duplicate)).toHaveLength(40);
  const { rows } = await db.pool.query('select distinct status from orders where id = any ($1)', [orders]);
  expect(rows).toEqual([{ status: 'SHIPPED' }]);
});

it('applies what a customer and their order told of them when both are replayed together', async () => {
  const [order, customer] = [await addOrder(db), newId('Customer')];
  await db.pool.query(`insert into customers (id, merchant_id, reference, name) values ($1, 'shop', 'C-both', 'Old')`, [
    customer,
  ]);
  await db.pool.query('update orders set customer_id = $2 where id = $1', [order, customer]);
  const told = [
    event({ entityId: order, contents: { 'customer.phone': '+90 1' } }),
    event({ entityType: 'CUSTOMER', entityId: customer, name: 'New' }),
  ];
  const failure = { code: 'MAPPING_FAILED', message: 'A rule was wrong.' } as const;
  const kept = await Promise.all(told.map((one) => inbox.accept({ ...received(one), failure })));

  const replayed = await inbox.replay(
    told.map((one, n) => ({ webhookEventId: kept[n]?.webhookEventId ?? '', event: one, strictMapping: false })),
  );

  expect([replayed, ...kept.map(({ status }) => status)]).toEqual([2, 'FAILED', 'FAILED']);
  expect(await one('select name, phone from customers where id = $1', [customer])).toEqual({
    name: 'New',
    phone: '+90 1',
  });
});

it('tells once that an order has changed, whatever one event says of it', async () => {
  const order = await addOrder(db);

  await inbox.accept(
    received(event({ entityId: order, trackingNumbers: ['TRK-9'], contents: { notes: 'Ring twice' } })),
  );

  const { rows } = await db.pool.query(`select data from changes where entity_id = $1 and kind = 'order.updated'`, [
    order,
  ]);
  expect(rows.map(({ data }) => JSON.parse(data))).toEqual([{ fields: ['notes', 'trackingNumbers'] }]);
  expect(await one('select tracking_numbers, notes from orders where id = $1', [order])).toEqual({
    tracking_numbers: ['TRK-9'],
    notes: 'Ring twice',
  });
});
