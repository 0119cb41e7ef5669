import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { startTestHub, type TestHub } from '../harness/hub.js';
import { createInvoice, createOrder, idOf, orderInput, settled } from './order-client.js';
import { noteRoutes } from './registered-routes.js';

interface Operation {
  tags?: string[];
  summary?: string;
  security?: object[];
  responses: Record<string, { description: string; content?: Record<string, { schema?: object }> }>;
}

let routes: string[];
let hub: TestHub;
let document: { openapi: string; paths: Record<string, Record<string, Operation>> };
let ajv: Ajv2020;

beforeAll(async () => {
  const noted = noteRoutes();
  hub = await startTestHub();
  noted.stop();
  ({ routes } = noted);
  document = (await hub.admin.rest('GET', '/docs/openapi.json')).body as typeof document;
  ajv = new Ajv2020({ strict: false });
  addFormats.default(ajv);
  ajv.addSchema(document, 'openapi');
});
afterAll(() => hub.stop());

const operationOf = (route: string): Operation | undefined => {
  const [method = '', url = ''] = route.split(' ');
  return document.paths[url.replaceAll(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()];
};

/** What is wrong with an answer by the schema of its status. */
function differences(route: string, { status, body }: { status: number; body: unknown }): unknown {
  const [method = '', url = ''] = route.split(' ');
  const path = url.replaceAll('~', '~0').replaceAll('/', '~1');
  const pointer = `openapi#/paths/${encodeURIComponent(path)}/${method.toLowerCase()}/responses/${status}`;
  const validate = ajv.compile({ $ref: `${pointer}/content/application~1json/schema` });
  return validate(body) ? null : validate.errors;
}

it('G26 documents every route that is registered', () => {
  const undocumented = routes.filter((route) => {
    const operation = operationOf(route);
    const answers = Object.entries(operation?.responses ?? {}).filter(([status]) => status.startsWith('2'));
    const described = answers.some(([, { content }]) => Object.values(content ?? {}).some(({ schema }) => schema));
    return !operation?.summary || !operation.tags?.length || !operation.security || !described;
  });

  const howTo = 'has no documentation: register it by registerRoute of src/http/docs/register-route.ts';
  expect(undocumented.map((route) => `${route} ${howTo}`)).toEqual([]);
  expect(routes.length).toBeGreaterThanOrEqual(16);
});

it('G26 is a valid OpenAPI 3.1 document', async () => {
  const result = await new Validator().validate(document);

  expect(result).toEqual({ valid: true });
  expect(document.openapi).toMatch(/^3\.1\./);
});

it('G26 documents the error envelope and its codes for each way to fail', () => {
  const { responses } = operationOf('POST /api/v1/b2b/sync/orders/:id/sync') as Operation;

  expect(Object.keys(responses)).toEqual(['200', '400', '401', '403', '404', '409', '413', '415', '429', '500', '503']);
  expect(responses['404']?.description).toContain('`NOT_FOUND`');
  expect(responses['404']?.content).toEqual({
    'application/json': { schema: { $ref: '#/components/schemas/ErrorEnvelope' } },
  });
});

it.each([
  'POST /api/v1/b2b/webhooks/b2b',
  'POST /api/v1/b2b/webhooks/b2b/order',
  'POST /api/v1/b2b/webhooks/b2b/invoice',
  'POST /webhooks/:integrationId',
  'POST /webhooks/stripe',
  'POST /rest/V1/erpconnector/webhook',
  'POST /api/webhooks/flasherp',
])('G26 documents how %s answers and refuses', (route) => {
  const statuses = Object.keys(operationOf(route)?.responses ?? {});

  expect(statuses).toEqual(expect.arrayContaining(['200', '202', '400', '401', '404', '413', '429', '500', '503']));
});

it('G22 G26 documents that what a caller reads is answered again only once it differs', () => {
  const { responses } = operationOf('GET /api/integrations/:id') as Operation;

  expect(responses['304']).toEqual({ description: expect.any(String), headers: expect.anything() });
  expect(operationOf('GET /health')?.responses).not.toHaveProperty('304');
});

it('G26 H4 real answers are as documented', async () => {
  const orderId = await idOf(createOrder(hub.admin, orderInput()));
  const invoiceId = await idOf(createInvoice(hub.admin, { orderId, number: `INV-${orderId}` }));
  await settled(hub.admin, 'order', orderId, 'SYNCED');
  const sync = '/api/v1/b2b/sync';
  const calls: [route: string, url: string, status: number][] = [
    [`GET ${sync}/orders/{id}`, `${sync}/orders/${orderId}`, 200],
    [`GET ${sync}/invoices/{id}`, `${sync}/invoices/${invoiceId}`, 200],
    [`POST ${sync}/orders/{id}/sync`, `${sync}/orders/${orderId}/sync`, 200],
    [`GET ${sync}/orders/{id}`, `${sync}/orders/ord_unknown`, 404],
    [`GET ${sync}/pending`, `${sync}/pending`, 200],
    [`GET ${sync}/pending`, `${sync}/pending?limit=0`, 400],
    [`GET ${sync}/statistics`, `${sync}/statistics`, 200],
    ['POST /webhooks/{integrationId}', '/webhooks/nobody', 404],
    ['POST /webhooks/{integrationId}', `/webhooks/${'a'.repeat(300)}`, 404],
    ['POST /webhooks/{integrationId}', `/webhooks/${'%C3%BC'.repeat(300)}`, 404],
    ['POST /api/v1/b2b/webhooks/b2b', '/api/v1/b2b/webhooks/b2b', 401],
    ['GET /api/v1/b2b/webhooks/b2b/verify', '/api/v1/b2b/webhooks/b2b/verify', 200],
    ['GET /health', '/health', 200],
    ['GET /readyz', '/readyz', 200],
    ['GET /livez', '/livez', 200],
  ];

  const answers = await Promise.all(calls.map(([route, url]) => hub.admin.rest(route.split(' ')[0] ?? '', url)));

  calls.forEach(([route, url, status], index) => {
    const answer = answers[index] ?? { status: 0, body: null };
    const found = { url, status: answer.status, differences: differences(route, answer) };
    expect(found).toEqual({ url, status, differences: null });
  });
});

it('G26 checks answers by a schema that refuses others', () => {
  const wrong = { status: 200, body: { success: true, data: { status: 'dead' } } };

  expect(differences('GET /livez', wrong)).not.toBeNull();
});
