import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import type { Connection } from '../../src/connectors/connector.js';
import { extensiv } from '../../src/connectors/extensiv/index.js';
import type { FaultRule } from '../../src/connectors/simulator/faults.js';
import { type SpawnedSimulator, spawnSimulator } from '../../src/connectors/simulator/spawn-simulator.js';
import { createUpstreamHttp } from '../../src/connectors/upstream/upstream-http.js';
import { orderSnapshot } from './sample-snapshots.js';

const credentials = { clientId: 'client-3f9a', clientSecret: 'client-secret-77b1' };
const http = createUpstreamHttp({ httpsOnly: false });
let warehouse: SpawnedSimulator;
let connection: Connection;

beforeAll(async () => {
  warehouse = await spawnSimulator('extensiv', { apiKey: credentials.clientId, apiSecret: credentials.clientSecret });
  const settings = extensiv.settings.parse({ baseUrl: warehouse.url, readRetryBaseMs: 1 });
  connection = extensiv.connect({ credentials, settings }, http);
});
beforeEach(() => warehouse.control.reset());
afterAll(async () => {
  http.close();
  await warehouse.stop();
});

/** Makes orders there and answers their ids. */
async function exported(count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 0; n < count; n += 1) {
    const snapshot = orderSnapshot({ id: `ord_${n}`, number: `PO-${n}`, status: 'PAID' });
    const base = { syncEventId: '1', idempotencyKey: `k${n}`, operation: 'CREATE', entityType: 'ORDER' } as const;
    const result = await connection.deliver({ ...base, entityId: `ord_${n}`, snapshot, externalId: null, attempt: 1 });
    if (result.kind === 'delivered' && result.externalId) ids.push(result.externalId);
  }
  return ids;
}

/** Asks for one order's progress while a fault is in force: what comes of it, and by how many requests. */
async function ask(fault: Partial<FaultRule> | null, id: string) {
  if (fault) await warehouse.control.addFault({ kind: 'status', path: `/api/v1/orders/${id}/status`, ...fault });
  const before = (await warehouse.control.requests()).length;
  const outcome = await connection.readStatus?.('ORDER', id).then(
    (event) => event?.status ?? null,
    (error: { code: string }) => error.code,
  );
  const asked = (await warehouse.control.requests()).slice(before).filter(({ url }) => url.startsWith('/api/'));
  return [outcome, asked.length];
}

it('E4 E5 follows the error matrix: how often a question is asked, and what comes of it', async () => {
  const [id = ''] = await exported(1);

  const matrix = {
    '401 once': await ask({ status: 401 }, id),
    '429 twice': await ask({ status: 429, count: 2, retryAfterSeconds: 0 }, id),
    '429 always': await ask({ status: 429, count: 4 }, id),
    '400': await ask({ status: 400 }, id),
    '404': await ask(null, 'ext_ord_none'),
    '500 three times': await ask({ status: 500, count: 3 }, id),
    '502 three times': await ask({ status: 502, count: 3 }, id),
    '503 three times': await ask({ status: 503, count: 3 }, id),
    '504 three times': await ask({ status: 504, count: 3 }, id),
    '503 always': await ask({ status: 503, count: 4 }, id),
    'broken off': await ask({ kind: 'hang-up' }, id),
    'a web page': await ask({ kind: 'html' }, id),
  };

  expect(matrix).toEqual({
    '401 once': ['EXPORTED', 2],
    '429 twice': ['EXPORTED', 3],
    '429 always': ['UPSTREAM_RATE_LIMITED', 4],
    '400': ['UPSTREAM_REJECTED', 1],
    '404': [null, 1],
    '500 three times': ['EXPORTED', 4],
    '502 three times': ['EXPORTED', 4],
    '503 three times': ['EXPORTED', 4],
    '504 three times': ['EXPORTED', 4],
    '503 always': ['UPSTREAM_UNAVAILABLE', 4],
    'broken off': ['EXPORTED', 2],
    'a web page': ['UPSTREAM_BAD_RESPONSE', 1],
  });
});

it('E5 E11 waits 1, 2, 4 s between its questions and 2 s, doubling, between 5 attempts of an export, unless it is set', () => {
  const settings = extensiv.settings.parse({ baseUrl: warehouse.url });

  expect(settings).toMatchObject({ readRetries: 3, readRetryBaseMs: 1000 });
  expect(extensiv.policy(settings)).toMatchObject({ maxAttempts: 5, backoffBaseMs: 2000, backoffFactor: 2 });
});

it('E12 asks for 120 orders by three questions, none of them for more than 50', async () => {
  const ids = await exported(120);
  const before = (await warehouse.control.requests()).length;

  const known = await connection.readStatuses?.('ORDER', ids);

  const asked = (await warehouse.control.requests()).slice(before);
  const named = asked.map(({ url }) => new URL(url, 'http://x').searchParams.get('ids')?.split(',').length);
  expect(known?.size).toBe(120);
  expect(named).toEqual([50, 50, 20]);
});
