import type { SpawnedSimulator } from '../../src/connectors/simulator/spawn-simulator.js';
import { spawnSimulator } from '../../src/connectors/simulator/spawn-simulator.js';
import { eventually } from '../harness/eventually.js';
import type { TestHub } from '../harness/hub.js';
import { idOf, mutate } from './order-client.js';

const KEYS = { apiKey: 'key-123456', apiSecret: 'secret-1234567' };

/** How each system is set up, with few rows on a page. */
const SETUPS: Record<string, { credentials: object; settings: object }> = {
  extensiv: { credentials: { clientId: KEYS.apiKey, clientSecret: KEYS.apiSecret }, settings: { readRetries: 0 } },
  logo: {
    credentials: { clientId: 'demo', clientSecret: KEYS.apiSecret, username: KEYS.apiKey, password: KEYS.apiSecret },
    settings: { firmNumber: 1, defaultArpCode: '120.DEMO', currencyNumbers: { EUR: 20, USD: 1 } },
  },
  netsis: {
    credentials: { username: KEYS.apiKey, password: KEYS.apiSecret },
    settings: { database: 'TEST', currencyNumbers: { EUR: 2, USD: 1 } },
  },
};

/** A merchant of its own, `shop-{connector}`, with one integration and its simulator. */
export async function addSystem(
  hub: TestHub,
  connector: string,
  more: object = {},
): Promise<{ integrationId: string; system: SpawnedSimulator }> {
  const system = await spawnSimulator(connector, KEYS);
  const { credentials, settings } = SETUPS[connector] ?? { credentials: {}, settings: {} };
  const integrationId = await idOf(
    mutate(hub.admin, 'createIntegration', 'CreateIntegrationInput', 'integration', {
      ...{ merchantId: `shop-${connector}`, name: connector, connector, mode: 'POLLING', credentials },
      settings: { ratePerSecond: null, pageSize: 2, baseUrl: system.url, ...settings, ...more },
    }),
  );
  return { integrationId, system };
}

/** Signed in to a simulator as the hub is: any call of its vendor's API. */
export async function callSystem({ url }: SpawnedSimulator, connector: string, path: string, change?: object) {
  const { apiKey, apiSecret } = KEYS;
  const form: Record<string, string> = {
    username: apiKey,
    password: apiSecret,
    firmno: '1',
    dbname: 'TEST',
    branchcode: '0',
  };
  Object.assign(form, { client_id: apiKey, client_secret: apiSecret });
  form['grant_type'] = connector === 'extensiv' ? 'client_credentials' : 'password';
  const tokenPath = { extensiv: '/oauth/token', logo: '/api/v1/token', netsis: '/api/v2/token' }[connector];
  const basic = Buffer.from(`demo:${apiSecret}`).toString('base64');
  const signIn = { authorization: `Basic ${basic}`, 'content-type': 'application/x-www-form-urlencoded' };
  const signed = await fetch(url + tokenPath, { method: 'POST', headers: signIn, body: new URLSearchParams(form) });
  const { access_token: token } = (await signed.json()) as { access_token: string };
  const answer = await fetch(url + path, {
    ...(change && { method: connector === 'extensiv' ? 'PATCH' : 'PUT', body: JSON.stringify(change) }),
    headers: { authorization: `Bearer ${token}`, ...(change && { 'content-type': 'application/json' }) },
  });
  return (await answer.json()) as Record<string, unknown>;
}

export interface Found {
  id: string;
  kind: string;
  entityType: string;
  entityId: string | null;
  externalId: string | null;
  field: string | null;
  hereValue: string | null;
  thereValue: string | null;
  direction: string;
  proposedRepair: string;
}

export interface Compared {
  id: string;
  found: Found[];
  recordsRead: number;
  problemCount: number;
  problems: { line: number; column: string; value: string; rule: string }[];
}

/** Compares one kind, and waits for what is found. */
export async function compare(
  hub: Pick<TestHub, 'admin'>,
  integrationId: string,
  entityTypes = ['ORDER'],
): Promise<Compared> {
  const { started } = await hub.admin.ask<{ started: { reconciliation: { id: string } } }>(
    `mutation ($input: ReconcileInput!) { started: reconcile(input: $input) {
      reconciliation { id } userErrors { message } } }`,
    { input: { integrationId, entityTypes } },
  );
  const { id } = started.reconciliation;
  const { run, found } = await eventually(
    () =>
      hub.admin.ask<{ run: Compared & { state: string; syncEventId: string }; found: { nodes: Found[] } }>(
        `query ($id: ID!) { run: reconciliation(id: $id) { state recordsRead problemCount syncEventId }
          found: reconciliationDifferences(filter: { reconciliationId: $id }, first: 100) { nodes {
            id kind entityType entityId externalId field hereValue thereValue direction proposedRepair } } }`,
        { id },
      ),
    ({ run: { state } }) => state === 'COMPLETE',
  );
  const { syncEvent } = await hub.admin.ask<{ syncEvent: { problems: { nodes: Compared['problems'] } } }>(
    'query ($id: ID!) { syncEvent(id: $id) { problems(first: 50) { nodes { line column value rule } } } }',
    { id: run.syncEventId },
  );
  return { ...run, id, found: found.nodes, problems: syncEvent.problems.nodes };
}

export const repairAll = (hub: TestHub, id: string) =>
  hub.admin.ask<{ repaired: { affected: number; userErrors: { message: string }[] } }>(
    `mutation { repaired: repairDifferences(filter: { reconciliationId: "${id}" }) { affected userErrors { message } } }`,
  );

/** Asks an integration's system for the state of its orders, and waits for the end. */
export async function followOrders(hub: TestHub, integrationId: string) {
  const id = await idOf(
    mutate(hub.admin, 'startSync', 'StartSyncInput', 'syncEvent', { integrationId, entityType: 'ORDER' }),
  );
  const { syncEvent } = await eventually(
    () =>
      hub.admin.ask<{
        syncEvent: { status: string; errorMessage: string | null };
      }>(`query ($id: ID!) { syncEvent(id: $id) { status errorMessage } }`, { id }),
    ({ syncEvent: { status } }) => status === 'SUCCESS' || status === 'FAILED',
  );
  return syncEvent;
}
