import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createHubClient } from '../../demo/hub-client.js';
import { type SpawnedSimulator, spawnSimulator } from '../../src/connectors/simulator/spawn-simulator.js';
import { eventually } from '../harness/eventually.js';
import { MERCHANT, startTestHub, type TestHub } from '../harness/hub.js';
import type { RuleOutcome } from './mapping-client.js';
import { idOf, mutate } from './order-client.js';

const root = mkdtempSync(join(tmpdir(), 'syncline-samples-'));
let simulator: SpawnedSimulator;
let hub: TestHub;

beforeAll(async () => {
  hub = await startTestHub({ env: { CSV_ROOT: root } });
  simulator = await spawnSimulator('extensiv', { apiKey: 'warehouse-1', apiSecret: 'warehouse-secret-1234567890' });
});
afterAll(async () => {
  await hub.stop();
  await simulator.stop();
  rmSync(root, { recursive: true });
});

const createIntegration = (connector: string, credentials: object, settings: object) =>
  idOf(
    mutate(hub.admin, 'createIntegration', 'CreateIntegrationInput', 'integration', {
      ...{ merchantId: MERCHANT, name: connector, mode: 'POLLING', connector, credentials, settings },
    }),
  );

async function pullProducts(integrationId: string): Promise<void> {
  const input = { integrationId, entityType: 'PRODUCT' };
  const id = await idOf(mutate(hub.admin, 'startSync', 'StartSyncInput', 'syncEvent', input));
  const ASK = 'query ($id: ID!) { syncEvent(id: $id) { status } }';
  await eventually(
    () => hub.admin.ask<{ syncEvent: { status: string } }>(ASK, { id }),
    ({ syncEvent }) => syncEvent.status === 'SUCCESS',
  );
}

/** Hands over a file of products and waits until it is taken. */
async function upload(integrationId: string, name: string, content: string): Promise<void> {
  const headers = { authorization: await hub.bearer({}), 'content-type': 'text/csv' };
  const url = `${hub.url}/api/integrations/${integrationId}/files?name=${name}`;
  const { data } = (await (await fetch(url, { method: 'POST', headers, body: content })).json()) as {
    data: { id: string };
  };
  const ASK = 'query ($id: ID!) { importFile(id: $id) { status } }';
  await eventually(
    () => hub.admin.ask<{ importFile: { status: string } }>(ASK, { id: data.id }),
    ({ importFile }) => importFile.status === 'DONE',
  );
}

const SAMPLES = `query ($id: ID!, $after: Cursor) { pullSamples(filter: { integrationId: $id }, first: 100, after: $after) {
  nodes { id record ownRow } pageInfo { endCursor hasNextPage } } }`;
interface Sample {
  id: string;
  record: Record<string, unknown>;
  ownRow: Record<string, unknown>;
}
interface Samples {
  pullSamples: { nodes: Sample[]; pageInfo: { endCursor: string | null; hasNextPage: boolean } };
}

async function samplesOf(id: string, after: string | null = null): Promise<Sample[]> {
  const { nodes, pageInfo } = (await hub.admin.ask<Samples>(SAMPLES, { id, after })).pullSamples;
  return pageInfo.hasNextPage ? [...nodes, ...(await samplesOf(id, pageInfo.endCursor))] : nodes;
}

interface Backtest {
  total: number;
  tested: number;
  changed: number;
  failed: number;
  next: string | null;
  events: { eventId: string; failures: RuleOutcome[] }[];
}

/** All pages of a back-test. */
async function backtest(input: object, before: string | null = null): Promise<Backtest[]> {
  const RUN = `mutation ($input: BacktestMappingInput!) { payload: backtestMapping(input: $input) {
    backtest { total tested changed failed next events { eventId failures { rule } } } } }`;
  const { payload } = await hub.admin.ask<{ payload: { backtest: Backtest } }>(RUN, { input: { ...input, before } });
  const { next } = payload.backtest;
  return [payload.backtest, ...(next ? await backtest(input, next) : [])];
}

it('G10 N9 tries rules on records of the last pull, by back-test page by page and by preview', async () => {
  const credentials = { clientId: 'warehouse-1', clientSecret: 'warehouse-secret-1234567890' };
  const id = await createIntegration('extensiv', credentials, { baseUrl: simulator.url, pullEveryMinutes: null });
  await pullProducts(id);
  const rules = [
    { source: '"E-" & id', target: 'barcode' },
    { source: 'sku = "BOLT-8" ? null : product_name', target: 'name', required: true },
  ];
  const which = { integrationId: id, entityType: 'PRODUCT', direction: 'INBOUND', rules };
  const samples = await samplesOf(id);
  const bolt = samples.find(({ ownRow }) => ownRow['sku'] === 'BOLT-8');

  const pages = await backtest({ ...which, last: 4 });
  const PREVIEW = `mutation ($input: PreviewMappingInput!) { previewMapping(input: $input) {
    preview { input output rules { errorCode } } userErrors { code path } } }`;
  const preview = await hub.admin.ask(PREVIEW, { input: { ...which, pullSampleId: bolt?.id } });
  const unknown = await hub.admin.ask(PREVIEW, { input: { ...which, pullSampleId: 'pls_0' } });
  const both = await hub.admin.ask(PREVIEW, { input: { ...which, pullSampleId: bolt?.id, sample: {} } });

  expect(bolt?.record).toMatchObject({ sku: 'BOLT-8', id: expect.any(String) });
  expect(samples.length).toBeGreaterThan(4);
  expect(pages.map(({ total }) => total)).toEqual(pages.map((_, place) => samples.length - 4 * place));
  const sum = (field: 'tested' | 'failed' | 'changed') => pages.reduce((total, page) => total + page[field], 0);
  expect([sum('tested'), sum('failed'), sum('changed')]).toEqual([samples.length, 1, samples.length - 1]);
  const failed = pages.flatMap(({ events }) => events).find(({ failures }) => failures.length > 0);
  expect(failed).toMatchObject({ eventId: bolt?.id, failures: [{ rule: 1 }] });
  expect(preview).toMatchObject({
    previewMapping: {
      preview: {
        input: bolt?.record,
        output: { sku: 'BOLT-8', barcode: `E-${bolt?.record['id']}` },
        rules: [{ errorCode: null }, { errorCode: 'MAPPING_FAILED' }],
      },
    },
  });
  const refused = (code: string, path: string) => ({
    previewMapping: { userErrors: [{ code, path: ['input', path] }] },
  });
  expect(unknown).toMatchObject(refused('NOT_FOUND', 'pullSampleId'));
  expect(both).toMatchObject(refused('BAD_USER_INPUT', 'sample'));
});

it('G10 keeps the newest records of what was pulled, two hundred at most, secrets masked, for operators', async () => {
  const id = await createIntegration('csv', {}, { settleMs: 0 });
  const lines = Array.from({ length: 250 }, (_, n) => `Z-${n},Bell,hush-hush\n`);
  await upload(id, 'products-1.csv', `sku,name,api_key\n${lines.join('')}`);
  const many = await samplesOf(id);

  await upload(id, 'products-2.csv', 'sku,name,api_key\nY-1,Horn,hush-hush\n');
  const after = await samplesOf(id);
  const viewer = createHubClient(hub.url, await hub.bearer({ role: 'viewer' }));
  const refused = await viewer.ask(SAMPLES, { id }).catch(String);

  expect(many).toHaveLength(200);
  expect(after).toHaveLength(200);
  expect(after[0]).toMatchObject({ record: { sku: 'Y-1', name: 'Horn', api_key: '***' }, ownRow: { sku: 'Y-1' } });
  expect(JSON.stringify(after)).not.toContain('hush-hush');
  expect(refused).toContain('operator');
});
