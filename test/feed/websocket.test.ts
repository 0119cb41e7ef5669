import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import type { FormattedExecutionResult } from 'graphql';
import WebSocket from 'ws';
import { newApiKey } from '../../src/access/api-key.js';
import { openDatabase } from '../../src/db/database.js';
import type { ChangeEntry } from '../../src/feed/feed.js';
import type { WebSocketLimits } from '../../src/http/websocket.js';
import { startBreakableProxy } from '../harness/breakable-proxy.js';
import { createTestDatabase, type TestDatabase } from '../harness/database.js';
import { eventually } from '../harness/eventually.js';
import { EVERYTHING, orderChange, publish, startFeed, type TestFeed, take } from './harness.js';
import { closing, type SocketServer, startSocketServer } from './socket-harness.js';

const CHANGES = 'subscription ($after: Cursor) { changes(after: $after) { __typename cursor kind entityId data } }';
type Changes = FormattedExecutionResult<{ changes: ChangeEntry }>;

let db: TestDatabase;
let feed: TestFeed;
const servers: SocketServer[] = [];

beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());
beforeEach(async () => {
  feed = await startFeed(db);
});
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
  await feed.stop();
});

async function serve(limits: Partial<WebSocketLimits> = {}): Promise<SocketServer> {
  const server = await startSocketServer({ db, feed, limits });
  servers.push(server);
  return server;
}

/** A bare socket that has sent `connection_init` and got its answer. */
async function connect(server: SocketServer, authorization: string): Promise<WebSocket> {
  const socket = new WebSocket(server.url, 'graphql-transport-ws');
  await new Promise((resolve) => socket.once('open', resolve));
  socket.send(JSON.stringify({ type: 'connection_init', payload: { Authorization: authorization } }));
  await new Promise((resolve) => socket.once('message', resolve));
  return socket;
}

it('H3 resumes a subscription by its last cursor on another instance, with no gap and no repeat', async () => {
  const otherFeed = await startFeed(db);
  const here = await serve();
  const there = await startSocketServer({ db, feed: otherFeed });
  const authorization = `Bearer ${await here.token()}`;
  const first = here.client(authorization);
  const before = first.iterate<Changes['data']>({ query: CHANGES }) as AsyncIterableIterator<Changes>;
  const received = before.next();
  await here.begun(1);

  await publish(db, feed, orderChange('o1', 1), orderChange('o1', 2));
  const seen = (await received).value as Changes;
  await first.dispose();
  await publish(db, feed, orderChange('o1', 3));
  const second = there.client(authorization);
  const rest = second.iterate({ query: CHANGES, variables: { after: seen.data?.changes.cursor } });
  const resumed = [await rest.next(), await rest.next()].map(({ value }) => (value as Changes).data?.changes.data);

  expect(seen.data?.changes).toMatchObject({ __typename: 'OrderStatusChange', entityId: 'o1', data: { version: 1 } });
  expect(resumed).toEqual([{ version: 2 }, { version: 3 }]);
  await second.dispose();
  await there.stop();
  await otherFeed.stop();
});

it('H3 ends a subscription whose change cannot be read now, so that its client goes on without a gap', async () => {
  const proxy = await startBreakableProxy(db.url);
  const away = await openDatabase(proxy.url, () => {});
  const server = await startSocketServer({ db: away, feed });
  await db.pool.query(`insert into merchants (id, name) values ('m-away', 'Merchant')`);
  await db.pool.query(
    `insert into orders (id, merchant_id, number, status, currency, subtotal, tax, shipping, discount, grand_total, placed_at)
     values ('ord_away', 'm-away', 'A-1', 'SHIPPED', 'EUR', 1, 0, 0, 0, 1, now())`,
  );
  const query =
    'subscription ($after: Cursor) { orderStatusChanged(after: $after) { cursor newStatus order { number } } }';
  const authorization = `Bearer ${await server.token()}`;
  const watch = (after: string) => server.client(authorization).iterate({ query, variables: { after } });
  const after = await feed.end();
  const changes = watch(after);
  const received = changes.next().then(
    (next) => next.value,
    (error: unknown) => error,
  );
  await server.begun(1);

  proxy.cut();
  await publish(db, feed, orderChange('ord_away', 1, { merchantId: 'm-away', data: { newStatus: 'SHIPPED' } }));
  const told = await received;
  proxy.mend();
  const again = await watch(after).next();

  expect(told).toMatchObject([{ extensions: { code: 'DATABASE_UNAVAILABLE' } }]);
  expect(again.value).toMatchObject({
    data: { orderStatusChanged: { newStatus: 'SHIPPED', order: { number: 'A-1' } } },
  });
  await server.stop();
  await away.close();
  await proxy.close();
});

it('H3 limits a subscriber to its merchant', async () => {
  const server = await serve();
  const client = server.client(`Bearer ${await server.token({ merchantId: 'm2' })}`);
  const changes = client.iterate({ query: CHANGES });
  const received = changes.next();
  await server.begun(1);

  await publish(db, feed, orderChange('foreign', 1), orderChange('own', 1, { merchantId: 'm2' }));

  expect(await received).toMatchObject({ value: { data: { changes: { entityId: 'own' } } } });
  await client.dispose();
});

it('H3 answers a status change with its order, read with the fields that are asked for', async () => {
  await db.pool.query(`insert into merchants (id, name) values ('m1', 'Merchant')`);
  await db.pool.query(
    `insert into orders (id, merchant_id, number, status, currency, subtotal, tax, shipping, discount, grand_total, placed_at)
     values ('ord_1', 'm1', 'ORD-1 🛒', 'SHIPPED', 'EUR', 1, 0, 0, 0, 1, now())`,
  );
  const server = await serve();
  const client = server.client(`Bearer ${await server.token()}`);
  const fields = 'previousStatus newStatus sourceStatus order { number totals { grandTotal } }';
  const watched = [
    client.iterate({ query: `subscription { orderStatusChanged(orderId: "ord_1") { ${fields} } }` }).next(),
    client.iterate({ query: `subscription { changes { ... on OrderStatusChange { ${fields} } } }` }).next(),
  ];
  await server.begun(2);

  const data = { previousStatus: 'PACKED', newStatus: 'SHIPPED', sourceStatus: 'shipped' };
  await publish(db, feed, orderChange('ord_1', 1, { data }));

  const answer = { ...data, order: { number: 'ORD-1 🛒', totals: { grandTotal: '1' } } };
  const [one, all] = await Promise.all(watched);
  expect(one?.value).toEqual({ data: { orderStatusChanged: answer } });
  expect(all?.value).toEqual({ data: { changes: answer } });
  await client.dispose();
});

it.each([
  ['not-a-cursor', 'CURSOR_INVALID'],
  ['', 'CURSOR_INVALID'],
])('answers the cursor %j with the code %s', async (after, code) => {
  const server = await serve();
  const client = server.client(`Bearer ${await server.token()}`);

  const refused = client.iterate({ query: CHANGES, variables: { after } }).next();

  await expect(refused).rejects.toMatchObject([{ extensions: { code, retryable: false, path: ['after'] } }]);
  await client.dispose();
});

it('answers an unknown kind with the kinds there are', async () => {
  const server = await serve();
  const client = server.client(`Bearer ${await server.token()}`);
  const query = 'subscription { changes(filter: { kinds: ["order.status_change"] }) { cursor } }';

  const refused = client.iterate({ query }).next();

  await expect(refused).rejects.toMatchObject([
    { message: expect.stringContaining('order.status_changed'), extensions: { code: 'BAD_USER_INPUT' } },
  ]);
  await client.dispose();
});

it('closes a socket whose credentials are refused, and one that sends none in time', async () => {
  const [server, hasty] = [await serve(), await serve({ initMs: 100 })];
  const refused = new WebSocket(server.url, 'graphql-transport-ws');
  refused.once('open', () =>
    refused.send(JSON.stringify({ type: 'connection_init', payload: { Authorization: 'Bearer x' } })),
  );
  const silent = new WebSocket(hasty.url, 'graphql-transport-ws');

  const [first, second] = await Promise.all([refused, silent].map(closing));

  expect(first).toMatchObject({ code: 4403, reason: expect.stringMatching(/token/i) });
  expect(second).toMatchObject({ code: 4408 });
});

it('closes a socket that subscribes before it has said who it is, and one that speaks another protocol', async () => {
  const server = await serve();
  const early = new WebSocket(server.url, 'graphql-transport-ws');
  early.once('open', () => early.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: CHANGES } })));
  const other = new WebSocket(server.url, 'graphql-ws');
  const otherEnd = new Promise((resolve) => {
    other.once('error', resolve);
    other.once('close', resolve);
  });

  expect(await closing(early)).toMatchObject({ code: 4401 });
  await otherEnd;
});

it('closes a socket when its token expires', async () => {
  const server = await serve();
  const socket = await connect(server, `Bearer ${await server.token({}, 4)}`);

  expect(await closing(socket)).toMatchObject({ code: 4403 });
});

it('closes a socket whose API key is revoked', async () => {
  const server = await serve({ recheckMs: 50 });
  const { id, text: key, hash } = newApiKey();
  await db.pool.query(`insert into api_keys (id, name, hash, role) values ($1, 'test', $2, 'viewer')`, [id, hash]);
  const socket = await connect(server, `Bearer ${key}`);

  await db.pool.query('update api_keys set revoked_at = now()');

  expect(await closing(socket)).toMatchObject({ code: 4403 });
});

it('limits operations on a socket, sockets of an address and the size of a message', async () => {
  const server = await serve({ operationsPerSocket: 2, socketsPerAddress: 1, messageBytes: 1024 });
  const socket = await connect(server, `Bearer ${await server.token()}`);
  const answers: unknown[] = [];
  socket.on('message', (data) => answers.push(JSON.parse(String(data))));

  for (const id of ['1', '2', '3']) {
    socket.send(JSON.stringify({ id, type: 'subscribe', payload: { query: CHANGES } }));
  }
  await server.begun(2);
  await eventually(
    async () => answers.length,
    (count) => count > 0,
  );
  const second = await new Promise((resolve) => {
    new WebSocket(server.url, 'graphql-transport-ws').once('error', (error) => resolve(error.message));
  });
  socket.send('x'.repeat(2048));

  expect(answers).toMatchObject([{ id: '3', type: 'error', payload: [{ extensions: { code: 'RATE_LIMITED' } }] }]);
  expect(second).toContain('429');
  expect(await closing(socket)).toMatchObject({ code: 1009 });
});

it('runs queries over the socket and refuses what is not valid', async () => {
  const server = await serve();
  const client = server.client(`Bearer ${await server.token()}`);

  const answer = await client.iterate({ query: '{ __typename }' }).next();
  const invalid = client.iterate({ query: '{ nothing }' }).next();

  expect(answer.value).toEqual({ data: { __typename: 'Query' } });
  await expect(invalid).rejects.toMatchObject([{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }]);
  await client.dispose();
});

it('ends a client that reads too slowly, which goes on by its cursor', async () => {
  await feed.stop();
  feed = await startFeed(db, { recentChanges: 5 });
  const server = await serve();
  const authorization = `Bearer ${await server.token()}`;
  const socket = await connect(server, authorization);
  const answers: { type: string; payload: Changes & { extensions: unknown }[] }[] = [];
  socket.on('message', (data) => answers.push(JSON.parse(String(data))));
  socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: CHANGES } }));
  await server.begun(1);
  await publish(db, feed, orderChange('slow', 0, { data: { version: 0 } }));
  while (answers.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  socket.pause();

  const big = 'x'.repeat(100_000);
  for (let version = 1; version <= 120; version += 1) {
    await publish(db, feed, orderChange('slow', version, { data: { version, big } }));
  }
  await (await feed.subscribe(EVERYTHING, null)).return();
  socket.resume();
  while (answers.at(-1)?.type === 'next' || answers.length === 0)
    await new Promise((resolve) => setTimeout(resolve, 10));

  expect(answers.at(-1)).toMatchObject({
    type: 'error',
    payload: [{ extensions: { code: 'SLOW_CONSUMER', retryable: true } }],
  });
  const last = answers.at(-2)?.payload.data?.changes;
  const rest = await take(await feed.subscribe(EVERYTHING, last?.cursor ?? ''), 120 - Number(last?.data['version']));
  expect(rest.at(-1)?.data['version']).toBe(120);
  socket.terminate();
});

it('H3 closes a client that has stopped reading by a code that it finds once it reads again, and its cursor goes on', async () => {
  const server = await serve({ keepAliveMs: 150 });
  const socket = await connect(server, `Bearer ${await server.token()}`);
  const cursors: string[] = [];
  socket.on('message', (data) => {
    const { payload } = JSON.parse(String(data)) as { payload: Changes };
    if (payload.data) cursors.push(payload.data.changes.cursor);
  });
  socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: CHANGES } }));
  await server.begun(1);

  socket.pause();
  const big = 'x'.repeat(500_000);
  for (let version = 0; version < 40; version += 1)
    await publish(db, feed, orderChange('stuck', version, { data: { version, big } }));
  // The server's timers are of this process: two beats are over by then, however slow the machine.
  await new Promise((resolve) => setTimeout(resolve, 600));
  const closed = closing(socket);
  socket.resume();

  expect(await closed).toMatchObject({ code: 4503, reason: expect.stringContaining('the last cursor') });
  expect(cursors.length).toBeLessThan(40);
  const rest = await take(await feed.subscribe(EVERYTHING, cursors.at(-1) ?? ''), 40 - cursors.length);
  expect(rest.at(-1)?.data['version']).toBe(39);
});

it('tells its clients to connect again when it stops', async () => {
  const server = await serve();
  const socket = await connect(server, `Bearer ${await server.token()}`);
  const closed = closing(socket);

  await server.transport.stop();

  expect(await closed).toMatchObject({ code: 1012 });
  expect(server.transport.count()).toBe(0);
});
