import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHubClient, type HubClient } from '../../demo/hub-client.js';
import { type HubProcess, spawnHub } from '../../demo/hub-process.js';
import { issueToken } from '../../src/access/token.js';
import { type SpawnedSimulator, spawnSimulator } from '../../src/connectors/simulator/spawn-simulator.js';
import { createTestDatabase, type TestDatabase } from '../harness/database.js';
import { eventually } from '../harness/eventually.js';

const SECRET = 'a-secret-that-both-hubs-share-1234567890';
const MERCHANT = 'merchant-1';
const AFTER = 20;
const CREATE = `mutation Create($input: CreateOrderInput!) {
  createOrder(input: $input) { order { id } userErrors { message } }
}`;
const CHANGES = 'subscription Follow($after: Cursor) { changes(after: $after) { cursor kind entityId } }';

interface Seen {
  changes: { cursor: string; kind: string; entityId: string };
}

describe('two hubs on one database', () => {
  let db: TestDatabase;
  let portal: SpawnedSimulator;
  let dataDir: string;
  let hubs: HubProcess[];
  let clients: HubClient[];

  beforeAll(async () => {
    db = await createTestDatabase();
    portal = await spawnSimulator('b2b-portal', { apiKey: 'key-of-the-portal', apiSecret: 'secret-of-the-portal' });
    dataDir = mkdtempSync(join(tmpdir(), 'syncline-two-'));
    const env = {
      DATA_DIR: dataDir,
      DATABASE_URL: db.url,
      JWT_SECRET: SECRET,
      ENCRYPTION_KEY: SECRET,
      B2B_PORTAL_BASE_URL: portal.url,
      B2B_PORTAL_API_KEY: 'key-of-the-portal',
      B2B_PORTAL_MERCHANT_ID: MERCHANT,
    };
    hubs = [await spawnHub(env), await spawnHub(env)];
    const token = await issueToken({ secret: SECRET }, { sub: 'tester', role: 'admin' }, 3600);
    clients = hubs.map(({ url }) => createHubClient(url, `Bearer ${token}`));
    await clients[0]?.ask(
      'mutation Rate($input: UpdateIntegrationInput!) { updateIntegration(input: $input) { userErrors { message } } }',
      {
        input: { id: 'b2b-portal', settings: { ratePerSecond: 500 } },
      },
    );
  });
  afterAll(async () => {
    for (const hub of hubs ?? []) await hub.end('SIGTERM');
    await portal?.stop();
    await db?.drop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('H3 H5 share the work; one that is killed loses nothing, and its subscriber goes on at the other', async () => {
    const [first, second] = clients as [HubClient, HubClient];
    const seen: Seen['changes'][] = [];
    const { changesCursor } = await first.ask<{ changesCursor: string }>('{ changesCursor }');
    const following = follow(first, changesCursor, seen);
    const ids: string[] = [];
    const placeAtBoth = async () => {
      for (const client of clients) ids.push(await place(client, `BOTH-${ids.length}`));
      return countSenders(db);
    };
    await eventually(placeAtBoth, (senders) => senders === hubs.length, 30_000);

    await hubs[0]?.end('SIGKILL');
    await following;
    const resumed = follow(second, seen.at(-1)?.cursor ?? changesCursor, seen);
    for (let i = 0; i < AFTER; i++) ids.push(await place(second, `ONE-${i}`));
    const timesSeen = (kind: string, id: string) => seen.filter((it) => it.kind === kind && it.entityId === id).length;
    await eventually(
      async () => ids.filter((id) => timesSeen('order.synced', id) === 0),
      (missing) => missing.length === 0,
      30_000,
    );

    const { orders = [] } = await portal.control.state();
    const numbers = orders.map((order) => String(order['order_number']));
    expect(numbers.length).toBe(ids.length);
    expect(new Set(numbers).size).toBe(ids.length);
    expect(ids.map((id) => [timesSeen('order.created', id), timesSeen('order.synced', id)])).toEqual(
      ids.map(() => [1, 1]),
    );
    expect(new Set(seen.map(({ cursor }) => cursor)).size).toBe(seen.length);

    await hubs[1]?.end('SIGTERM');
    await resumed;
    // A subscriber that stays connected must not hold up the stop.
    expect(hubs[1]?.log.map(({ msg }) => msg)).not.toContain('a part did not stop in time');
  });
});

async function place(client: HubClient, number: string): Promise<string> {
  const input = {
    number,
    merchantId: MERCHANT,
    currency: 'EUR',
    lines: [{ sku: 'A', quantity: 1, unitPrice: '1.50' }],
  };
  const { createOrder } = await client.ask<{ createOrder: { order: { id: string } } }>(CREATE, { input });
  return createOrder.order.id;
}

/** How many hubs have sent something whose outcome is stored. */
async function countSenders(db: TestDatabase): Promise<number> {
  const { rowCount } = await db.pool.query('select distinct owner from sync_attempts');
  return rowCount ?? 0;
}

/** Until the hub is gone. */
async function follow(client: HubClient, after: string, seen: Seen['changes'][]): Promise<void> {
  try {
    for await (const { changes } of client.subscribe<Seen>(CHANGES, { after })) seen.push(changes);
  } catch {
    // The hub was killed or stopped: that is what the test is about.
  }
}
