import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { startTestHub, type TestHub } from '../harness/hub.js';
import { createOrder, idOf, orderInput, settled } from './order-client.js';

interface Explained {
  code: string;
  category: string;
  retryable: boolean;
  httpStatus: number;
  meaning: string;
  remedy: string;
}

let hub: TestHub;
let codes: Explained[];
beforeAll(async () => {
  hub = await startTestHub({ env: { B2B_PORTAL_MAX_RETRIES: '1' } });
  const list = await hub.admin.ask<{ errorCodes: Explained[] }>(
    '{ errorCodes { code category retryable httpStatus meaning remedy } }',
  );
  codes = list.errorCodes;
});
afterEach(() => hub.portal.control.clearFaults());
afterAll(() => hub.stop());

it('F14 explains a closed list of codes: category, whether retried, meaning, remedy', () => {
  const sentence = expect.stringMatching(/^[A-Z].{7,}\.$/);
  const categories = new Set(codes.map(({ category }) => category));

  expect(codes.length).toBeGreaterThanOrEqual(24);
  expect(new Set(codes.map(({ code }) => code)).size).toBe(codes.length);
  for (const explained of codes) {
    expect(explained).toEqual({
      code: expect.stringMatching(/^[A-Z_]+$/),
      category: expect.any(String),
      retryable: expect.any(Boolean),
      httpStatus: expect.any(Number),
      meaning: sentence,
      remedy: explained.remedy === 'Nothing.' ? 'Nothing.' : sentence,
    });
  }
  expect([...categories].sort()).toEqual(['ACCESS', 'HUB', 'INPUT', 'NETWORK', 'STATE', 'UPSTREAM']);
});

it('F14 documents each code of the list', () => {
  const page = readFileSync('docs/error-codes.md', 'utf8');

  const documented = [...page.matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, code]) => code);

  expect(documented.sort()).toEqual(codes.map(({ code }) => code).sort());
});

it.each([
  [422, 'UPSTREAM_REJECTED', 1],
  [503, 'UPSTREAM_UNAVAILABLE', 2],
])('F14 an upstream answering %i fails by %s after %i attempts, as the list says', async (status, code, attempts) => {
  await hub.portal.control.addFault({ kind: 'status', status, path: '/orders', count: null });
  const id = await idOf(createOrder(hub.admin, orderInput()));
  await settled(hub.admin, 'order', id, 'FAILED');

  const { order } = await hub.admin.ask<{ order: { syncEvents: { nodes: object[] } } }>(
    'query ($id: ID!) { order(id: $id) { syncEvents { nodes { errorCode attempts { errorCode } } } } }',
    { id },
  );

  const explained = codes.find((known) => known.code === code);
  expect(explained?.retryable).toBe(attempts > 1);
  expect(order.syncEvents.nodes).toEqual([
    { errorCode: code, attempts: Array.from({ length: attempts }, () => ({ errorCode: code })) },
  ]);
});

it('F14 a refused REST request has the status that the list gives its code', async () => {
  const { status, body } = await hub.admin.rest('GET', '/api/v1/b2b/sync/orders/ord_unknown');

  const { code } = body as { code: string };
  expect(codes.find((known) => known.code === code)?.httpStatus).toBe(status);
});
