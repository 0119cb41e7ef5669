import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { issueToken } from '../src/access/token.js';
import { type SpawnedSimulator, spawnSimulator } from '../src/connectors/simulator/spawn-simulator.js';
import { freePort } from '../src/db/embedded/free-port.js';
import { createHubClient, type HubClient } from './hub-client.js';
import { type HubProcess, postgresPid, spawnHub } from './hub-process.js';

/** A portal, a hub and a user of it, each a process of its own or speaking to one over the network. */
export interface Stage {
  portal: SpawnedSimulator;
  user: HubClient;
  url: string;
  merchantId: string;
  /** Pulls the plug of the hub and starts another on the same data; answers how long until it was ready, milliseconds. */
  killHub(): Promise<number>;
  /** Pulls the plug of PostgreSQL; the hub brings it back. */
  killDatabase(): void;
  /** Ends everything and removes the data. */
  close(): Promise<void>;
}

export interface StageOptions {
  seed: number;
  /** Calls per second that the hub allows itself towards the portal. */
  ratePerSecond: number;
  /** Whether the portal's orders move by themselves; default false. */
  lifecycle?: boolean;
  /** Added to the hub's environment. */
  env?: Record<string, string>;
}

const MERCHANT = 'demo-merchant';
const INTEGRATION = 'b2b-portal';
const UPDATE_INTEGRATION = `mutation Allow($input: UpdateIntegrationInput!) {
  updateIntegration(input: $input) { integration { id } userErrors { message } }
}`;

/** Sets the stage: portal first, because the hub is told its address. */
export async function openStage({ env = {}, ...options }: StageOptions): Promise<Stage> {
  const dataDir = mkdtempSync(join(tmpdir(), 'syncline-demo-'));
  const keys = { apiKey: secret(), apiSecret: secret() };
  const jwtSecret = secret();
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const portal = await startPortal(url, keys, options);
  const place = { PORT: String(port), DATA_DIR: dataDir, JWT_SECRET: jwtSecret };
  const start = () => spawnHub({ ...place, ...portalVariables(portal, keys), ...env });
  let hub: HubProcess = await start();
  const token = await issueToken({ secret: jwtSecret }, { sub: 'demo', role: 'admin' }, 24 * 3600);
  const user = createHubClient(url, `Bearer ${token}`);
  await user.ask(UPDATE_INTEGRATION, {
    input: { id: INTEGRATION, settings: { ratePerSecond: options.ratePerSecond } },
  });
  return {
    ...{ portal, user, url, merchantId: MERCHANT },
    killHub: async () => {
      await hub.end('SIGKILL');
      const startedAt = performance.now();
      hub = await start();
      return performance.now() - startedAt;
    },
    killDatabase: () => void process.kill(postgresPid(dataDir), 'SIGKILL'),
    close: async () => {
      await hub.end('SIGTERM');
      await portal.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

interface Keys {
  apiKey: string;
  apiSecret: string;
}

function startPortal(hubUrl: string, keys: Keys, { seed, lifecycle = false }: StageOptions): Promise<SpawnedSimulator> {
  const webhookUrl = `${hubUrl}/api/v1/b2b/webhooks/b2b`;
  return spawnSimulator(INTEGRATION, { seed, ...keys, lifecycle, stepMs: 500, webhookUrl });
}

function portalVariables({ url }: SpawnedSimulator, { apiKey, apiSecret }: Keys): Record<string, string> {
  return {
    B2B_PORTAL_BASE_URL: url,
    B2B_PORTAL_API_KEY: apiKey,
    B2B_PORTAL_API_SECRET: apiSecret,
    B2B_PORTAL_MERCHANT_ID: MERCHANT,
  };
}

const secret = () => randomBytes(24).toString('base64url');
