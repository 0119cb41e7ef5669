import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createOutbox, type DeadLetterSelection } from '../../src/outbox/outbox.js';
import { createTestDatabase, type TestDatabase } from '../harness/database.js';
import { addIntegration, effect, enqueue, readEvents, readStatuses, readTransitions } from './harness.js';

const ANY: DeadLetterSelection = {
  merchantId: null,
  ids: null,
  integrationId: null,
  entityType: null,
  entityId: null,
  errorCodes: null,
  createdFrom: null,
  createdTo: null,
};
let db: TestDatabase;
let woken = 0;
const outbox = createOutbox({ wake: () => woken++, changed: () => {} });

beforeAll(async () => {
  db = await createTestDatabase();
  await addIntegration(db, 'portal');
  await addIntegration(db, 'other', 'm2');
});
afterAll(() => db.drop());

const lane = async (eventId: string) =>
  (
    await db.pool.query(
      `select l.head, l.tail, l.parked, l.due is not null as waits, k.state
         from sync_events e join lanes l on l.id = e.lane_id join links k on k.id = l.id where e.id = $1`,
      [eventId],
    )
  ).rows[0];

/** Makes the first event of its lane a dead letter, as a settle would. */
async function kill(id: string, code = 'UPSTREAM_REJECTED'): Promise<void> {
  await db.pool.query(
    `with e as (update sync_events set status = 'FAILED', error_code = $2, attempt_count = 1 where id = $1 returning lane_id, seq)
     update lanes l set parked = true, due = null, head = e.seq - 1 from e where l.id = e.lane_id`,
    [id, code],
  );
}

it('numbers events in the order given, in the lane of their entity, with their keys kept', async () => {
  const events = ['a', 'b', 'a', 'c', 'b', 'a'].map((name, i) =>
    effect('portal', `ord_${name}`, { idempotencyKey: `key-${i}`, payload: { text: 'İ 😀 \u0000 \ud800' } }),
  );

  const ids = await enqueue(db, outbox, events);

  const rows = await readEvents(db, ids);
  expect([...ids].sort((x, y) => Number(x) - Number(y))).toEqual(ids);
  expect(rows.map(({ idempotency_key }) => idempotency_key)).toEqual(events.map((e) => e.idempotencyKey));
  expect(rows.map(({ seq }) => seq)).toEqual(['1', '1', '2', '1', '2', '3']);
  expect(new Set(rows.map(({ lane_id }) => lane_id)).size).toBe(3);
  expect(await lane(ids[0] ?? '')).toEqual({ head: '0', tail: '3', parked: false, waits: true, state: 'PENDING' });
  expect(await readTransitions(db, ids[5] ?? '')).toEqual(['>PENDING']);
});

it('writes nothing and wakes nobody when the transaction fails', async () => {
  const before = woken;

  const failing = db.transaction(async (tx) => {
    await outbox.enqueue(tx, [effect('portal', 'ord_rolled_back')]);
    throw new Error('stop');
  });

  await expect(failing).rejects.toThrow('stop');
  expect(woken).toBe(before);
  expect((await db.pool.query(`select from links where entity_id = 'ord_rolled_back'`)).rowCount).toBe(0);
});

it('loses no event when many transactions make the same link at once', async () => {
  const batches = await Promise.all(
    Array.from({ length: 20 }, () => enqueue(db, outbox, [effect('portal', 'ord_hot'), effect('portal', 'ord_hot2')])),
  );

  const rows = await readEvents(
    db,
    batches.map(([first]) => first ?? ''),
  );
  expect(rows.map(({ seq }) => Number(seq)).sort((x, y) => x - y)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
});

it('redrives the dead letters of one merchant only, with a fresh set of attempts, at the head of their lanes', async () => {
  const [mine = '', next = ''] = await enqueue(db, outbox, [effect('portal', 'ord_r'), effect('portal', 'ord_r')]);
  const [theirs = ''] = await enqueue(db, outbox, [effect('other', 'ord_r', { merchantId: 'm2' })]);
  await Promise.all([kill(mine), kill(theirs)]);

  const wrongCode = await db.transaction((tx) => outbox.redrive(tx, { ...ANY, errorCodes: ['UPSTREAM_TIMEOUT'] }));
  const unknown = await db.transaction((tx) => outbox.redrive(tx, { ...ANY, ids: ['nonsense', '9'.repeat(30)] }));
  const affected = await db.transaction((tx) => outbox.redrive(tx, { ...ANY, merchantId: 'm1', entityId: 'ord_r' }));

  expect([wrongCode, unknown, affected]).toEqual([0, 0, 1]);
  expect(await readStatuses(db, [mine, next, theirs])).toEqual(['PENDING', 'PENDING', 'FAILED']);
  expect(await lane(mine)).toMatchObject({ head: '0', tail: '2', parked: false, waits: true });
  expect(await lane(theirs)).toMatchObject({ parked: true, waits: false });
  expect((await readTransitions(db, mine)).at(-1)).toBe('FAILED>PENDING');
});

it('skips a dead letter and lets its lane go on; the last of a lane empties it', async () => {
  const [first = '', second = ''] = await enqueue(db, outbox, [effect('portal', 'ord_s'), effect('portal', 'ord_s')]);
  await kill(first);

  await db.transaction((tx) => outbox.skip(tx, first, 'Sent by hand'));
  const between = await lane(second);
  await db.transaction((tx) => outbox.skip(tx, second, 'Not wanted'));

  expect(between).toEqual({ head: '1', tail: '2', parked: false, waits: true, state: 'PENDING' });
  expect(await lane(second)).toEqual({ head: '2', tail: '2', parked: false, waits: false, state: 'SKIPPED' });
  expect((await readEvents(db, [second]))[0]).toMatchObject({ status: 'SKIPPED', error_message: 'Not wanted' });
  expect(await readTransitions(db, first)).toEqual(['>PENDING', 'FAILED>SKIPPED']);
});

it('skips a waiting event out of the middle and off the end of its lane', async () => {
  const ids = await enqueue(
    db,
    outbox,
    Array.from({ length: 4 }, () => effect('portal', 'ord_m')),
  );
  const [a = '', b = '', , d = ''] = ids;

  await db.transaction((tx) => outbox.skip(tx, b, 'middle'));
  await db.transaction((tx) => outbox.skip(tx, d, 'end'));
  const [later = ''] = await enqueue(db, outbox, [effect('portal', 'ord_m')]);

  expect(await readStatuses(db, ids)).toEqual(['PENDING', 'SKIPPED', 'PENDING', 'SKIPPED']);
  expect(await lane(a)).toMatchObject({ head: '0', tail: '4', waits: true });
  expect((await readEvents(db, [later]))[0]?.seq).toBe('4');
});

it('refuses to skip what has ended, is being sent, or does not exist', async () => {
  const [id = ''] = await enqueue(db, outbox, [effect('portal', 'ord_x')]);
  await db.pool.query(`update sync_events set status = 'IN_PROGRESS' where id = $1`, [id]);

  for (const wrong of [id, '999999999', 'x; drop table lanes'])
    await expect(db.transaction((tx) => outbox.skip(tx, wrong, 'no'))).rejects.toMatchObject({ code: 'INVALID_STATE' });
});

it('passes over an effect also while several events of its lane may be under way, and leaves these alone', async () => {
  const [sent = ''] = await enqueue(db, outbox, [effect('portal', 'ord_o')]);
  await db.pool.query(
    `with e as (update sync_events set status = 'IN_PROGRESS' where id = $1 returning lane_id)
     update lanes l set owner = 1, depth = 16, lease = now() + interval '1 hour' from e where l.id = e.lane_id`,
    [sent],
  );
  const why = { reason: 'They answer each other.', code: 'SYNC_LOOP', state: 'SKIPPED' } as const;

  await db.transaction((tx) => outbox.passOver(tx, effect('portal', 'ord_o'), why));

  const { rows } = await db.pool.query(
    `select status, error_code, lane_id from sync_events where entity_id = 'ord_o' order by id`,
  );
  expect(rows).toEqual([
    { status: 'IN_PROGRESS', error_code: null, lane_id: expect.anything() },
    { status: 'SKIPPED', error_code: 'SYNC_LOOP', lane_id: null },
  ]);
  expect(await lane(sent)).toMatchObject({ head: '0', tail: '1' });
});

it('supersedes the dead letter that parks a lane, and nothing where there is none', async () => {
  const link = { integrationId: 'portal', entityType: 'ORDER', entityId: 'ord_p' } as const;
  const [dead = ''] = await enqueue(db, outbox, [effect('portal', 'ord_p')]);
  await db.transaction((tx) => outbox.supersede(tx, link));
  const untouched = await readStatuses(db, [dead]);
  await kill(dead);

  await db.transaction(async (tx) => {
    await outbox.supersede(tx, link);
    await outbox.enqueue(tx, [effect('portal', 'ord_p')]);
  });

  expect(untouched).toEqual(['PENDING']);
  expect(await readStatuses(db, [dead])).toEqual(['SKIPPED']);
  expect(await lane(dead)).toEqual({ head: '1', tail: '2', parked: false, waits: true, state: 'PENDING' });
});
