import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { createOutbox } from '../../src/outbox/outbox.js';
import { createTestDatabase, type TestDatabase } from '../harness/database.js';
import {
  addIntegration,
  delivered,
  effect,
  enqueue,
  readEvents,
  readTransitions,
  type TestDispatcher,
  testDispatcher,
  until,
  untilStatus,
} from './harness.js';

let db: TestDatabase;
const running: TestDispatcher[] = [];
const outbox = createOutbox({ wake: () => running.at(-1)?.wake(), changed: () => {} });

beforeAll(async () => {
  db = await createTestDatabase();
  await addIntegration(db, 'portal');
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.stop(1000)));
});
afterAll(() => db.drop());

async function start(answer: Parameters<typeof testDispatcher>[2], leaseMs?: number): Promise<TestDispatcher> {
  const dispatcher = testDispatcher(db, { portal: {} }, answer, leaseMs);
  running.push(dispatcher);
  await dispatcher.start();
  return dispatcher;
}

const laneOf = async (entityId: string) =>
  (
    await db.pool.query<{ id: string; token: string; owner: number; lease: string }>(
      'select l.* from lanes l join links k on k.id = l.id where k.entity_id = $1',
      [entityId],
    )
  ).rows[0];

/** A promise that the test resolves, and a sign that somebody waits for it. */
function gate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open: () => open(), opened };
}

it("settles nothing by a token that is no longer the lane's", async () => {
  const { open, opened } = gate();
  let calls = 0;
  await start(async () => {
    if (++calls === 1) await opened;
    return delivered(calls === 1 ? 'late' : 'in-time');
  });
  const [id = ''] = await enqueue(db, outbox, [effect('portal', 'ord_fenced')]);
  await until(() => calls === 1);

  await db.pool.query(
    'update lanes set token = token + 1, lease = null where id = (select id from links where entity_id = $1)',
    ['ord_fenced'],
  );
  running.at(-1)?.wake();
  await until(() => calls === 2);
  await untilStatus(db, [id], 'SUCCESS');
  open();
  await running.splice(0)[0]?.stop(2000);

  const [event] = await readEvents(db, [id]);
  const attempts = await db.pool.query('select number from sync_attempts where sync_event_id = $1', [id]);
  expect(event).toMatchObject({ external_id: 'in-time', attempt_count: 2 });
  expect(attempts.rows).toEqual([{ number: 2 }]);
  expect((await readTransitions(db, id)).filter((step) => step.endsWith('SUCCESS')).length).toBe(1);
});

it('takes a lane over when its lease has run out, with a higher attempt number', async () => {
  const [id = ''] = await enqueue(db, outbox, [effect('portal', 'ord_lease')]);
  await db.pool.query(
    `with l as (update lanes set token = 7, owner = 999999, lease = now() + interval '300 ms'
                 where id = (select id from links where entity_id = 'ord_lease') returning id)
     update sync_events e set status = 'IN_PROGRESS', attempt_count = 1 from l where e.lane_id = l.id`,
  );

  const dispatcher = await start(() => delivered());
  await untilStatus(db, [id], 'SUCCESS');

  expect(dispatcher.calls.map(({ attempt }) => attempt)).toEqual([2]);
});

it('extends the lease of a call that takes longer than it', async () => {
  const { open, opened } = gate();
  const answer = async () => {
    await opened;
    return delivered();
  };
  const one = await start(answer, 1200);
  const two = await start(answer, 1200);
  const [id = ''] = await enqueue(db, outbox, [effect('portal', 'ord_long')]);
  await until(() => one.calls.length + two.calls.length === 1);

  await new Promise((resolve) => setTimeout(resolve, 3000));
  open();
  await untilStatus(db, [id], 'SUCCESS');

  expect(one.calls.length + two.calls.length).toBe(1);
});

it('reopens the lanes of a dead instance at once and repeats what it had begun', async () => {
  const dead = await db.pool.query<{ id: number }>('insert into instances default values returning id');
  const [id = '', next = ''] = await enqueue(db, outbox, [effect('portal', 'ord_dead'), effect('portal', 'ord_dead')]);
  await db.pool.query(
    `with l as (update lanes set token = 3, owner = $1, lease = now() + interval '1 hour'
                 where id = (select id from links where entity_id = 'ord_dead') returning id)
     update sync_events e set status = 'IN_PROGRESS', attempt_count = 1 from l where e.lane_id = l.id and e.seq = 1`,
    [dead.rows[0]?.id],
  );

  const dispatcher = await start(() => delivered());
  await untilStatus(db, [id, next], 'SUCCESS');

  expect(dispatcher.calls.map(({ syncEventId, attempt }) => [syncEventId, attempt])).toEqual([
    [id, 2],
    [next, 1],
  ]);
  expect(await readTransitions(db, id)).toContain('IN_PROGRESS>RETRYING');
});

it('goes on after every connection was cut in the middle of its work', async () => {
  const dispatcher = await start(async () => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    return delivered();
  });
  const ids = await enqueue(
    db,
    outbox,
    Array.from({ length: 200 }, (_, i) => effect('portal', `ord_cut${i % 50}`)),
  );

  for (let i = 0; i < 3; i++) {
    await new Promise((resolve) => setTimeout(resolve, 30));
    await db.pool
      .query(
        'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
      )
      .catch(() => {});
  }
  const later = await db
    .transaction((tx) => outbox.enqueue(tx, [effect('portal', 'ord_after')]))
    .catch(() => enqueue(db, outbox, [effect('portal', 'ord_after')]));
  await untilStatus(db, [...ids, ...later], 'SUCCESS');

  const sent = new Map<string, number[]>();
  for (const { entityId, syncEventId } of dispatcher.calls)
    sent.set(entityId, [...(sent.get(entityId) ?? []), Number(syncEventId)]);
  // A call may be repeated, but never after a later one of its entity.
  for (const order of sent.values()) expect(order).toEqual(order.toSorted((x, y) => x - y));
});

it('settles its neighbours while a slow transaction holds a lane', async () => {
  await start(() => delivered());
  const first = await enqueue(db, outbox, [effect('portal', 'ord_slow'), effect('portal', 'ord_quick')]);
  await untilStatus(db, first, 'SUCCESS');
  const lane = await laneOf('ord_slow');

  let behind: string[] = [];
  let quick: string[] = [];
  await db.transaction(async (tx) => {
    await tx.sql('select from lanes where id = $1 for update', [lane?.id]);
    quick = await enqueue(db, outbox, [effect('portal', 'ord_quick')]);
    await untilStatus(db, quick, 'SUCCESS');
  });
  behind = await enqueue(db, outbox, [effect('portal', 'ord_slow')]);
  await untilStatus(db, behind, 'SUCCESS');

  expect((await readEvents(db, [...quick, ...behind])).map(({ attempt_count }) => attempt_count)).toEqual([1, 1]);
});

it('stops cleanly: nothing claimed is left, no instance either', async () => {
  const dispatcher = await start(async () => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    return delivered();
  });
  const ids = await enqueue(
    db,
    outbox,
    Array.from({ length: 100 }, (_, i) => effect('portal', `ord_stop${i}`)),
  );
  await until(() => dispatcher.calls.length > 10);

  await running.splice(0)[0]?.stop(5000);

  const statuses = new Set((await readEvents(db, ids)).map(({ status }) => status));
  expect([...statuses].sort()).toEqual(['PENDING', 'SUCCESS']);
  expect((await db.pool.query('select from lanes where lease is not null')).rowCount).toBe(0);
  expect((await db.pool.query('select from instances')).rowCount).toBe(0);
});
