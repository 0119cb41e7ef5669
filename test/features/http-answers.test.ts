import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { startTestHub, type TestHub } from '../harness/hub.js';
import { createOrder, idOf, orderInput } from './order-client.js';

let hub: TestHub;
let authorization: string;
beforeAll(async () => {
  hub = await startTestHub({ env: { TRUST_PROXY: '127.0.0.1/32', REQUESTS_PER_MINUTE: '3000' } });
  authorization = await hub.bearer({ role: 'admin' });
});
afterAll(() => hub.stop());

const send = (path: string, headers: Record<string, string> = {}, more: RequestInit = {}) =>
  fetch(hub.url + path, { ...more, headers: { authorization, ...headers } });

const envelope = (code: string) => ({
  success: false,
  error: expect.stringMatching(/\.$/),
  code,
  timestamp: expect.any(String),
  requestId: expect.stringMatching(/^req_/),
});

it('G22 answers 304 to who has kept the same answer, and the new one once it differs', async () => {
  const path = '/api/integrations/b2b-portal';
  const first = await send(path);
  const etag = first.headers.get('etag') ?? '';

  const same = await send(path, { 'if-none-match': `"another", ${etag}` });
  const other = await send(path, { 'if-none-match': '"another"' });
  await send(path, { 'content-type': 'application/json' }, { method: 'PATCH', body: '{"name":"Renamed"}' });
  const changed = await send(path, { 'if-none-match': etag });

  expect(etag).toMatch(/^W\/"[\w-]+"$/);
  expect(first.headers.get('cache-control')).toBe('private, no-cache');
  expect([same.status, await same.text()]).toEqual([304, '']);
  expect(same.headers.get('etag')).toBe(etag);
  expect(other.status).toBe(200);
  expect(changed.status).toBe(200);
  expect(await changed.json()).toMatchObject({ data: { name: 'Renamed' } });
});

it('G22 asks who calls before it tells that nothing has changed', async () => {
  const path = '/api/integrations';
  const etag = (await send(path)).headers.get('etag') ?? '';
  const stranger = await hub.bearer({ role: 'admin', merchantId: 'another-shop' });

  const refused = await send(path, { 'if-none-match': etag, authorization: 'Bearer nobody' });
  const others = await send(path, { 'if-none-match': etag, authorization: stranger });

  expect([refused.status, refused.headers.get('cache-control')]).toEqual([401, 'no-store']);
  expect([others.status, await others.json()]).toMatchObject([200, { data: [] }]);
});

it('G14 says how to authenticate to who is nobody, over REST and GraphQL', async () => {
  const nobody = { authorization: 'Bearer nobody', 'content-type': 'application/json' };

  const rest = await send('/api/integrations', nobody);
  const graphql = await send('/graphql', nobody, { method: 'POST', body: '{"query":"{ integrations { id } }"}' });

  for (const { status, headers } of [rest, graphql])
    expect([status, headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
});

it('G22 lets nobody keep what tells of the moment', async () => {
  const answers = await Promise.all(['/health', '/livez', '/metrics', '/session'].map((path) => send(path)));

  expect(answers.map(({ headers }) => headers.get('cache-control'))).toEqual(Array(4).fill('no-store'));
  expect(answers.map(({ headers }) => headers.get('etag'))).toEqual(Array(4).fill(null));
});

it('tells a browser to come by https only where it came by https, as a trusted proxy says', async () => {
  const plain = await send('/livez');
  const secure = await send('/livez', { 'x-forwarded-proto': 'https' });
  const page = await send('/graphiql', { 'x-forwarded-proto': 'https' });

  expect(plain.headers.get('strict-transport-security')).toBeNull();
  expect(secure.headers.get('strict-transport-security')).toBe('max-age=31536000');
  expect(Object.fromEntries(page.headers)).toMatchObject({
    'strict-transport-security': 'max-age=31536000',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'content-security-policy': expect.stringContaining("frame-ancestors 'none'"),
  });
});

it('G16 counts who calls by the address that a trusted proxy names', async () => {
  const remaining = async (address: string) =>
    Number((await send('/session', { 'x-forwarded-for': address })).headers.get('ratelimit-remaining'));

  const [first, again, another] = [
    await remaining('203.0.113.7'),
    await remaining('203.0.113.7'),
    await remaining('203.0.113.8'),
  ];

  expect([again, another]).toEqual([first - 1, first]);
});

const json = { 'content-type': 'application/json' };
it.each<[string, string, RequestInit, number, string]>([
  ['an unknown path', '/api/nothing', {}, 404, 'NOT_FOUND'],
  ['a path that cannot be read', '/api/%zz', {}, 400, 'BAD_USER_INPUT'],
  ['a method that the address does not take', '/api/integrations', { method: 'PUT' }, 405, 'METHOD_NOT_ALLOWED'],
  ['a webhook that is fetched', '/webhooks/stripe', {}, 405, 'METHOD_NOT_ALLOWED'],
  ['a method that nobody knows', '/api/integrations', { method: 'PROPFIND' }, 405, 'METHOD_NOT_ALLOWED'],
  ['text', '/api/integrations', { method: 'POST', body: 'text' }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
  ['a form', '/api/integrations', { method: 'POST', body: new URLSearchParams('a=b') }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
  ['broken JSON', '/api/integrations', { method: 'POST', body: '{"a":', headers: json }, 400, 'INVALID_JSON'],
  ['no body', '/api/integrations', { method: 'POST', headers: json }, 400, 'BAD_USER_INPUT'],
  ['no body where none is taken', '/api/integrations/x', { method: 'DELETE', headers: json }, 404, 'NOT_FOUND'],
  ['no body by a wrong method', '/api/integrations', { method: 'DELETE', headers: json }, 405, 'METHOD_NOT_ALLOWED'],
  [
    '2 MB',
    '/api/integrations',
    { method: 'POST', body: `"${'x'.repeat(2e6)}"`, headers: json },
    413,
    'PAYLOAD_TOO_LARGE',
  ],
  ...[300, 9000].map((length): [string, string, RequestInit, number, string] => [
    `a webhook for an id of ${length} characters`,
    `/webhooks/${'x'.repeat(length)}`,
    { method: 'POST', body: '{}', headers: json },
    404,
    'UNKNOWN_INTEGRATION',
  ]),
  ['a webhook of 2 MB', '/webhooks/x', { method: 'POST', body: 'x'.repeat(2e6) }, 413, 'PAYLOAD_TOO_LARGE'],
  [
    'a webhook of 30 MB, to the end',
    '/webhooks/x',
    { method: 'POST', body: 'x'.repeat(3e7) },
    413,
    'PAYLOAD_TOO_LARGE',
  ],
])('G5 G24 refuses %s by the envelope', async (_, path, { headers, ...request }, status, code) => {
  const answer = await send(path, headers as Record<string, string>, request);

  expect(answer.status).toBe(status);
  expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
  expect(await answer.json()).toMatchObject(envelope(code));
});

const BACKWARDS = 'from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z';
it.each<[string, string, string, object | undefined]>([
  ['GET', `/api/integrations/system/metrics/summaries?period=day&${BACKWARDS}`, 'from', undefined],
  ['GET', `/api/audit/compliance?${BACKWARDS}`, 'from', undefined],
  ['GET', '/api/v1/orders?after=x', 'after', undefined],
  ['GET', '/api/v1/orders?limit=0', 'limit', undefined],
  ['GET', '/api/v1/products?search=%00', 'search', undefined],
  ['POST', '/api/v1/orders', 'number', { lines: [] }],
  [
    'POST',
    '/api/v1/orders',
    'currency',
    { number: 'F-1', currency: 'XXY', lines: [{ sku: 'A', quantity: 1, unitPrice: '1' }] },
  ],
  ['PUT', '/api/erp/config', 'secret', { secret: 'no such field' }],
  ['POST', '/api/integrations/b2b-portal/sync', 'delay', { type: 'inventory', delay: -1 }],
  ['POST', '/api/integrations/b2b-portal/webhook/register', 'events.0', { url: 'https://x.example', events: [''] }],
])('G24 %s %s names the field %s', async (method, path, field, body) => {
  const answer = await hub.admin.rest(method, path, body);

  expect(answer).toMatchObject({ status: 400, body: { success: false, field } });
});

it('G24 names the methods that an address takes', async () => {
  const order = await idOf(createOrder(hub.admin, orderInput()));

  const answer = await send(`/api/v1/b2b/sync/orders/${order}/sync`);

  expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
});

it.each([
  ['no HTTP', 'HELLO\r\n\r\n', 400],
  ['headers without end', `GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(40_000)}\r\n\r\n`, 431],
])('G24 refuses %s by the envelope', async (_, bytes, status) => {
  const socket = connect(Number(new URL(hub.url).port), '127.0.0.1');
  await once(socket, 'connect');
  socket.write(bytes);

  const [head = '', body = ''] = (await text(socket)).split('\r\n\r\n');

  expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  expect(JSON.parse(body)).toMatchObject(envelope('BAD_USER_INPUT'));
});

it('G24 E14 answers lists page by page, by number or from a cursor', async () => {
  for (const number of ['PAGED-1', 'PAGED-2', 'PAGED-3']) await idOf(createOrder(hub.admin, orderInput({ number })));
  const ask = async (query: string) => {
    const { status, body } = await hub.admin.rest('GET', `/api/v1/orders?search=PAGED-&${query}`);
    const { data, pagination, field } = body as Listed;
    return { status, pagination, field, ids: data?.nodes.map(({ id }) => id), after: data?.pageInfo.endCursor };
  };
  const all = await ask('limit=100');
  const of = (page: number) => ({ page, limit: 1, total: 3, totalPages: 3 });

  const queries = ['page=1&limit=1', 'page=2&limit=1', 'page=9999&limit=1', 'page=0'];
  const [first, second, beyond, wrong] = await Promise.all(queries.map(ask));
  const behind = await ask(`after=${first?.after}&limit=1`);

  expect(all.ids).toHaveLength(3);
  expect(first).toMatchObject({ ids: all.ids?.slice(0, 1), pagination: of(1) });
  expect(second).toMatchObject({ ids: all.ids?.slice(1, 2), pagination: of(2) });
  expect(behind.ids).toEqual(second?.ids);
  expect(beyond).toMatchObject({ status: 200, ids: [], pagination: of(9999) });
  expect(wrong).toMatchObject({ status: 400, field: 'page' });
});

interface Listed {
  data?: { nodes: { id: string }[]; pageInfo: { endCursor: string } };
  pagination?: object;
  field?: string;
}
