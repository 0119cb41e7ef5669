import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createHubClient, type HubClient } from '../../demo/hub-client.js';
import { type HubProcess, spawnHub } from '../../demo/hub-process.js';
import { issueToken } from '../../src/access/token.js';
import { type SpawnedSimulator, spawnSimulator } from '../../src/connectors/simulator/spawn-simulator.js';
import { createTestDatabase, type TestDatabase } from '../harness/database.js';

const SECRET = 'a-secret-that-all-hubs-share-1234567890';
const KEYS = { apiKey: 'extensiv-client-1', apiSecret: 'extensiv-secret-1234567890' };
const CALLS = 15;
let db: TestDatabase;
let warehouse: SpawnedSimulator;
let dataDir: string;
let hubs: HubProcess[] = [];
let clients: HubClient[];

/** Processes that only answer: none of them signs in before it is asked to. */
beforeAll(async () => {
  db = await createTestDatabase();
  warehouse = await spawnSimulator('extensiv', KEYS);
  dataDir = mkdtempSync(join(tmpdir(), 'syncline-tokens-'));
  const env = {
    DATA_DIR: dataDir,
    DATABASE_URL: db.url,
    JWT_SECRET: SECRET,
    ENCRYPTION_KEY: SECRET,
    ROLE: 'api',
    EXTENSIV_BASE_URL: warehouse.url,
    EXTENSIV_CLIENT_ID: KEYS.apiKey,
    EXTENSIV_CLIENT_SECRET: KEYS.apiSecret,
  };
  hubs = await Promise.all([spawnHub(env), spawnHub(env), spawnHub(env)]);
  const token = await issueToken({ secret: SECRET }, { sub: 'tester', role: 'admin' }, 3600);
  clients = hubs.map(({ url }) => createHubClient(url, `Bearer ${token}`));
}, 60_000);
afterAll(async () => {
  await Promise.all(hubs.map((hub) => hub.end('SIGTERM')));
  await warehouse?.stop();
  await db?.drop();
  rmSync(dataDir, { recursive: true, force: true });
});

const TEST = 'mutation { testConnection(integrationId: "extensiv") { ok errorMessage } }';

/** Every process asks the warehouse many times at once; answers what they heard, process by process. */
function askAll(): Promise<boolean[][]> {
  const ask = async (client: HubClient) =>
    (await client.ask<{ testConnection: { ok: boolean } }>(TEST)).testConnection.ok;
  return Promise.all(clients.map((client) => Promise.all(Array.from({ length: CALLS }, () => ask(client)))));
}

const requests = async (path: string) => (await warehouse.control.requests()).filter(({ url }) => url.startsWith(path));
it('E2 three processes that ask for a token at the same instant fetch one, and all of their calls go through', async () => {
  // Nobody can be done before everybody has begun.
  await warehouse.control.addFault({ kind: 'latency', path: '/oauth/token', ms: 1500 });

  const heard = await askAll();

  expect(heard.flat()).toEqual(Array.from({ length: 3 * CALLS }, () => true));
  expect(await requests('/oauth/token')).toHaveLength(1);
  expect(await requests('/api/v1/')).toHaveLength(3 * CALLS);
});

it('E2 E3 three processes whose token is refused at the same instant fetch one new token', async () => {
  await warehouse.control.reset();
  await warehouse.control.advance({ id: 'tokens', status: 'revoked' });
  await warehouse.control.addFault({ kind: 'latency', path: '/oauth/token', ms: 1500 });

  const heard = await askAll();

  expect(heard.flat()).toEqual(Array.from({ length: 3 * CALLS }, () => true));
  expect(await requests('/oauth/token')).toHaveLength(1);
  const refused = (await requests('/api/v1/')).filter(({ status }) => status === 401);
  expect(refused.length).toBeGreaterThanOrEqual(3);
});
