import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { issueToken } from '../../src/access/token.js';
import type { Connector, DemoIntegration } from '../../src/connectors/connector.js';
import { connectors } from '../../src/connectors/registry.js';
import { type SpawnedSimulator, spawnSimulators } from '../../src/connectors/simulator/spawn-simulator.js';
import { merchantFolder } from '../../src/flow/merchants/merchant-folder.js';
import { createHubClient, type HubClient } from '../hub-client.js';
import { spawnHub } from '../hub-process.js';

/** A merchant with an integration for every connector, each against its simulator, and a user of the hub. */
export interface Systems {
  user: HubClient;
  merchantId: string;
  /** By connector. */
  simulators: ReadonlyMap<string, SpawnedSimulator>;
  /** The integrations' ids, by connector. */
  integrations: ReadonlyMap<string, string>;
  /** What a caller of the simulators must know. */
  keys: { apiKey: string; apiSecret: string };
  /** Where the merchant's files lie. */
  filesRoot: string;
  /** Ends everything and removes the data. */
  close(): Promise<void>;
}

type DemoConnector = Connector & { demo: DemoIntegration };

const MERCHANT = 'northwind';
const CREATE_MERCHANT = `mutation ($input: CreateMerchantInput!) {
  createMerchant(input: $input) { userErrors { message } }
}`;
const CREATE_INTEGRATION = `mutation ($input: CreateIntegrationInput!) {
  createIntegration(input: $input) { integration { id } userErrors { message path } }
}`;

/** Starts all simulators and a hub, and connects them by the hub's own mutations, as an integration engineer would. */
export async function openSystems(): Promise<Systems> {
  const dataDir = mkdtempSync(join(tmpdir(), 'syncline-systems-'));
  const keys = { apiKey: secret(), apiSecret: secret() };
  const jwtSecret = secret();
  const systems = connectors.filter((connector): connector is DemoConnector => connector.demo !== undefined);
  const csvRoot = join(dataDir, 'files');
  const filesRoot = merchantFolder(csvRoot, MERCHANT);
  const options = { seed: 7, filesRoot, ...keys };
  const spawned = await spawnSimulators(systems.map(({ name }) => ({ module: name, options })));
  const hub = await spawnHub({ DATA_DIR: dataDir, CSV_ROOT: csvRoot, JWT_SECRET: jwtSecret, SIMULATORS: 'off' });
  const token = await issueToken({ secret: jwtSecret }, { sub: 'demo', role: 'admin' }, 24 * 3600);
  const user = createHubClient(hub.url, `Bearer ${token}`);
  await user.ask(CREATE_MERCHANT, { input: { id: MERCHANT, name: 'Northwind' } });
  const integrations = new Map<string, string>();
  for (const [index, { url, control }] of spawned.entries()) {
    const { name, demo, title, modes } = systems[index] as DemoConnector;
    const files = join(dataDir, name);
    mkdirSync(files, { recursive: true });
    if (demo.webhookPath !== null) await control.configure({ webhookUrl: hub.url + demo.webhookPath });
    const settings = demo.settings({ url, dataDir: files, merchantId: MERCHANT });
    const input = { merchantId: MERCHANT, name: title, connector: name, mode: modes?.[0] ?? 'HYBRID', settings };
    integrations.set(name, await connect(user, { ...input, credentials: demo.credentials(keys) }));
  }
  return {
    user,
    merchantId: MERCHANT,
    simulators: new Map(systems.map(({ name }, index) => [name, spawned[index] as SpawnedSimulator])),
    integrations,
    keys,
    filesRoot,
    close: async () => {
      await hub.end('SIGTERM');
      await spawned[0]?.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

async function connect(user: HubClient, input: object): Promise<string> {
  const { createIntegration } = await user.ask<{
    createIntegration: { integration: { id: string } | null; userErrors: { message: string }[] };
  }>(CREATE_INTEGRATION, { input });
  const { integration, userErrors } = createIntegration;
  if (!integration) throw new Error(`Not connected: ${userErrors.map(({ message }) => message).join(' ')}`);
  return integration.id;
}

const secret = () => randomBytes(24).toString('base64url');
