import { createHmac } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { startServer } from '../connectors/local-server.js';
import { eventually } from '../harness/eventually.js';
import { startTestHub, type TestHub } from '../harness/hub.js';
import { createInvoice, createOrder, idOf, orderInput } from './order-client.js';

const PATH = '/rest/V1/erpconnector';
const SECRET = 'plain-secret-1234567890';
const ACCEPTED = '{"erp_reference":"ERP-123","status":"accepted"}';

let hub: TestHub;
let erp: Awaited<ReturnType<typeof startServer>>;
let answer: (response: ServerResponse) => void;

/** An ERP that says the documents' example to everybody, and nothing else of its own. */
beforeAll(async () => {
  erp = await startServer((request, response) => request.resume().on('end', () => answer(response)));
  hub = await startTestHub({
    env: {
      ESCOOTER_ERP_BASE_URL: `${erp.url}/prefix/`,
      ESCOOTER_ERP_API_KEY: 'plain-key',
      ESCOOTER_ERP_HMAC_SECRET: SECRET,
    },
  });
}, 60_000);
beforeEach(() => {
  answer = (response) => response.end(ACCEPTED);
});
afterAll(async () => {
  await hub?.stop();
  erp?.stop();
});

async function invoiced(): Promise<string> {
  const input = orderInput();
  const orderId = await idOf(createOrder(hub.admin, input));
  await idOf(createInvoice(hub.admin, { orderId, number: `INV-${input.number}` }));
  return input.number;
}

type Record = { status: string; attempts: number; erp_reference: string | null };
const statusOf = async (number: string) =>
  (await hub.admin.rest('GET', `${PATH}/sync-status/${number}`)).body as Record;
const ended = (number: string) =>
  eventually(
    () => statusOf(number),
    ({ status }) => status === 'success',
  );
const sync = async (name: string, orderIncrementId: string) =>
  (await hub.admin.rest('POST', `${PATH}/${name}`, { orderIncrementId })).body as Record;

async function callback(body: object) {
  const text = JSON.stringify(body);
  const signature = createHmac('sha256', SECRET).update(text).digest('base64');
  const headers = { 'content-type': 'application/json', 'x-signature': signature };
  const response = await fetch(`${hub.url}${PATH}/webhook`, { method: 'POST', headers, body: text });
  return { status: response.status, body: (await response.json()) as { [key: string]: unknown } };
}

it('S6 S10 a 2xx is a success, also where the ERP gives one reference to every order', async () => {
  const numbers = [await invoiced(), await invoiced(), await invoiced()];

  const records = await Promise.all(numbers.map(ended));

  for (const record of records) expect(record).toMatchObject({ attempts: 1, erp_reference: 'ERP-123' });
});

it('S7 the number names the order, whatever reference the callback has', async () => {
  const [first, second] = [await invoiced(), await invoiced()];
  await Promise.all([ended(first), ended(second)]);

  const shared = await callback({ orderIncrementId: second, erpReference: 'ERP-123', status: 'shipped' });
  const other = await callback({ orderIncrementId: first, erpReference: 'ERP-999', status: 'processing' });
  const unknown = await callback({ orderIncrementId: 'nobody-has-it', erpReference: 'ERP-123', status: 'shipped' });

  expect([shared.status, shared.body['order_status']]).toEqual([200, 'SHIPPED']);
  expect([other.status, other.body['order_status']]).toEqual([200, 'PROCESSING']);
  expect(unknown).toMatchObject({ status: 202, body: { order_id: null } });
});

it.each([
  ['nothing', '', 'application/json'],
  ['a word', 'OK', 'text/plain; charset=utf-8'],
  ['JSON behind a byte order mark', `\uFEFF${ACCEPTED}`, 'application/json'],
  ['an empty reference', '{"erp_reference":"","status":"accepted"}', 'application/json'],
])('S6 takes %s in a 2xx for a success', async (_name, text, type) => {
  answer = (response) => response.writeHead(201, { 'content-type': type }).end(text);

  const record = await ended(await invoiced());

  expect(record.attempts).toBe(1);
});

it('S6 tries again what came as a web page, broken off, or as an error with status 200', async () => {
  answer = (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Log in</html>');
  const page = await invoiced();
  await eventually(
    () => statusOf(page),
    ({ attempts, status }) => attempts === 1 && status === 'pending',
  );
  answer = (response) => response.writeHead(200, { 'content-type': 'application/json' }).end(ACCEPTED.slice(0, 20));

  const broken = await sync('sync-order', page);
  answer = (response) => response.end('{"error":"Out of order","code":"BUSY"}');
  const refused = await sync('sync-order', page);
  answer = (response) => response.end('{"success":false,"message":"Out of order"}');
  const failed = await sync('sync-order', page);
  answer = (response) => response.end(ACCEPTED);
  const taken = await sync('sync-order', page);

  expect(broken).toMatchObject({ status: 'pending', attempts: 2 });
  expect(refused).toMatchObject({ status: 'pending', attempts: 3 });
  expect(failed).toMatchObject({ status: 'pending', attempts: 4 });
  expect(taken).toMatchObject({ status: 'success', attempts: 5 });
});

it('S8 sync-order and resync-order try at once what waits for another try', async () => {
  answer = (response) => response.writeHead(503).end();
  const [one, two] = [await invoiced(), await invoiced()];
  for (const number of [one, two])
    await eventually(
      () => statusOf(number),
      ({ attempts }) => attempts === 1,
    );
  answer = (response) => response.end(ACCEPTED);

  const synced = await sync('sync-order', one);
  const resynced = await sync('resync-order', two);

  expect(synced).toMatchObject({ status: 'success', attempts: 2 });
  expect(resynced).toMatchObject({ status: 'success', attempts: 1 });
});
