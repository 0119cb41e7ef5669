import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Logger, pino } from 'pino';
import { createHubClient, type HubClient } from '../../demo/hub-client.js';
import { allJobs } from '../../jobs/all-jobs.js';
import { registerJobs } from '../../jobs/job-rows.js';
import { issueToken, type TokenClaims } from '../../src/access/token.js';
import { startHub } from '../../src/app.js';
import { loadConfig } from '../../src/config/config.js';
import { type SpawnedSimulator, spawnSimulator } from '../../src/connectors/simulator/spawn-simulator.js';
import { sqlOn } from '../../src/db/database.js';
import { createTestDatabase, type TestDatabase } from './database.js';

const JWT_SECRET = 'a-test-secret-of-more-than-32-characters';
export const MERCHANT = 'merchant-1';
export const PORTAL_KEY = 'portal-key-1234567890';
export const PORTAL_SECRET = 'portal-secret-1234567890';

/** A whole hub in this process, on a database of its own, with a portal's simulator in another process. */
export interface TestHub {
  url: string;
  db: TestDatabase;
  portal: SpawnedSimulator;
  /** Speaks as an admin of all merchants. */
  admin: HubClient;
  /** A client with other claims; null: without credentials. */
  as(claims: Partial<TokenClaims> | null): Promise<HubClient>;
  /** The `Authorization` header of such claims. */
  bearer(claims: Partial<TokenClaims>): Promise<string>;
  /** Another hub on the same database. */
  startAnother(): Promise<{ url: string; stop(): Promise<void> }>;
  stop(): Promise<void>;
}

export interface TestHubOptions {
  /** Added to the environment that the hub is configured by. */
  env?: Record<string, string>;
  /** Whether the portal's orders move by themselves; default false. */
  lifecycle?: boolean;
  /** Default: none, or `TEST_LOG_LEVEL` to standard output. */
  log?: Logger;
  /** Whether jobs run by their schedule; default false, since they would use up faults that are meant for others. */
  timetable?: boolean;
}

/** Starts both and connects them as `B2B_PORTAL_*` of the environment does; the merchant is {@link MERCHANT}. */
export async function startTestHub({
  env = {},
  lifecycle = false,
  timetable = false,
  log = pino({ level: process.env['TEST_LOG_LEVEL'] ?? 'silent' }),
}: TestHubOptions = {}): Promise<TestHub> {
  const db = await createTestDatabase();
  if (!timetable) await pauseJobs(db);
  const dataDir = await mkdtemp(join(tmpdir(), 'syncline-hub-'));
  const portal = await spawnSimulator('b2b-portal', { apiKey: PORTAL_KEY, apiSecret: PORTAL_SECRET, lifecycle });
  const config = () =>
    loadConfig({
      PORT: '0',
      DATA_DIR: dataDir,
      DATABASE_URL: db.url,
      JWT_SECRET,
      B2B_PORTAL_BASE_URL: portal.url,
      B2B_PORTAL_API_KEY: PORTAL_KEY,
      B2B_PORTAL_API_SECRET: PORTAL_SECRET,
      B2B_PORTAL_MERCHANT_ID: MERCHANT,
      ...env,
    });
  const hub = await startHub(config(), log).catch(async (error: unknown) => {
    await portal.stop();
    throw error;
  });
  await portal.control.configure({ webhookUrl: `${hub.url}/api/v1/b2b/webhooks/b2b` });
  const bearer: TestHub['bearer'] = async (claims) =>
    `Bearer ${await issueToken({ secret: JWT_SECRET }, { sub: 'tester', role: 'admin', ...claims }, 3600)}`;
  const as: TestHub['as'] = async (claims) => createHubClient(hub.url, claims ? await bearer(claims) : null);
  return {
    url: hub.url,
    db,
    portal,
    admin: await as({}),
    as,
    bearer,
    startAnother: () => startHub(config(), log),
    stop: async () => {
      await hub.stop();
      await portal.stop();
      await db.drop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

async function pauseJobs(db: TestDatabase): Promise<void> {
  await registerJobs(sqlOn(db.pool), allJobs, new Date());
  await db.pool.query('update jobs set paused = true');
}
