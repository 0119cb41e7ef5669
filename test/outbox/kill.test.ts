import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createOutbox } from '../../src/outbox/outbox.js';
import { createTestDatabase, type TestDatabase } from '../harness/database.js';
import { addIntegration, effect, enqueue, untilStatus } from './harness.js';

const KILLS = 8;
const WORKERS = 3;
const ENTITIES = 40;

interface Call {
  idempotencyKey: string;
  entityId: string;
  syncEventId: string;
}

/** A system that does each key's work once, and sometimes fails before it, after it, or does not answer at all. */
function createUpstream() {
  /** Keys in the order of their effects. */
  const effects = new Map<string, Call>();
  let repeats = 0;
  const server = createServer(async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const call = JSON.parse(Buffer.concat(chunks).toString()) as Call;
    await sleep(Math.random() * 8);
    if (Math.random() < 0.05) return response.writeHead(503).end();
    if (effects.has(call.idempotencyKey)) repeats++;
    else effects.set(call.idempotencyKey, call);
    if (Math.random() < 0.05) return request.socket.destroy();
    response.end(`ext-${call.entityId}`);
  });
  return { effects, server, repeats: () => repeats };
}

let db: TestDatabase;
const upstream = createUpstream();
const workers: ChildProcess[] = [];
const outbox = createOutbox({ wake: () => {}, changed: () => {} });

beforeAll(async () => {
  db = await createTestDatabase();
  await addIntegration(db, 'portal');
  upstream.server.listen(0, '127.0.0.1');
  await once(upstream.server, 'listening');
});
afterAll(async () => {
  for (const worker of workers) worker.kill('SIGKILL');
  upstream.server.closeAllConnections();
  upstream.server.close();
  await untilGone();
  await db.drop();
});

async function startWorker(): Promise<void> {
  const { port } = upstream.server.address() as AddressInfo;
  const program = new URL('./kill-worker.js', import.meta.url);
  const worker = fork(program, [db.url, `http://127.0.0.1:${port}/`], { execArgv: [] });
  workers.push(worker);
  await Promise.race([once(worker, 'message'), once(worker, 'exit')]);
}

/** The sessions of killed workers end a moment after them. */
async function untilGone(): Promise<void> {
  const sessions = `select from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`;
  for (;;) {
    await db.pool.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
    );
    if ((await db.pool.query(sessions)).rowCount === 0) return;
    await sleep(20);
  }
}

it('loses nothing, settles nothing twice and keeps the order while workers are killed', async () => {
  await Promise.all(Array.from({ length: WORKERS }, startWorker));
  const ids: string[] = [];
  const send = async () => {
    for (let i = 0; i < 30; i++) {
      const events = Array.from({ length: 25 }, () =>
        effect('portal', `ord_${Math.floor(Math.random() * ENTITIES)}`, { maxAttempts: 1000 }),
      );
      ids.push(...(await enqueue(db, outbox, events)));
      await sleep(80);
    }
  };
  const started: Promise<void>[] = [];
  const kill = async () => {
    for (let i = 0; i < KILLS; i++) {
      await sleep(100 + Math.random() * 200);
      workers.splice(Math.floor(Math.random() * workers.length), 1)[0]?.kill('SIGKILL');
      started.push(startWorker());
    }
  };

  await Promise.all([send(), kill()]);
  await Promise.all(started);
  await untilStatus(db, ids, 'SUCCESS');

  const settled = await db.pool.query(
    `select e.id from sync_events e left join sync_attempts a on a.sync_event_id = e.id and a.outcome = 'DELIVERED'
      group by e.id having count(a.number) <> 1`,
  );
  const orders = new Map<string, number[]>();
  for (const { entityId, syncEventId } of upstream.effects.values())
    orders.set(entityId, [...(orders.get(entityId) ?? []), Number(syncEventId)]);
  expect(settled.rows).toEqual([]);
  expect(upstream.effects.size).toBe(ids.length);
  for (const order of orders.values()) expect(order).toEqual(order.toSorted((x, y) => x - y));
  // Kills and lost answers did make it repeat calls: the keys were needed.
  expect(upstream.repeats()).toBeGreaterThan(0);
});
