import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createLogger } from '../../src/log.js';
import { eventually } from '../harness/eventually.js';
import { PORTAL_KEY, PORTAL_SECRET, startTestHub, type TestHub } from '../harness/hub.js';
import { createOrder, idOf, orderInput, settled } from './order-client.js';

type Line = Record<string, unknown> & { msg: string };
const written: string[] = [];
const lines = (msg: string) => written.map((line) => JSON.parse(line) as Line).filter((line) => line.msg === msg);
const until = (msg: string, isIt: (line: Line) => boolean) =>
  eventually(
    async () => lines(msg).filter(isIt),
    (found) => found.length > 0,
  );

let hub: TestHub;
beforeAll(async () => {
  const stream = { write: (line: string) => void written.push(line) };
  hub = await startTestHub({ log: createLogger({ level: 'debug', readable: false, stream }) });
});
afterAll(() => hub.stop());

async function send(body: object, secret: string): Promise<number> {
  const text = JSON.stringify(body);
  const signature = createHmac('sha256', secret).update(text).digest('hex');
  const headers = { 'content-type': 'application/json', 'x-b2b-signature': signature };
  return (await fetch(`${hub.url}/api/v1/b2b/webhooks/b2b`, { method: 'POST', headers, body: text })).status;
}

it('G5 G18 writes one line for each webhook, for each status that changes and, at debug, for each exchange; no secret', async () => {
  const id = await idOf(createOrder(hub.admin, orderInput()));
  const { links } = await settled(hub.admin, 'order', id, 'SYNCED');
  const data = { id: links[0]?.externalId, status: 'CONFIRMED', note: 'only-in-the-body' };
  const at = new Date().toISOString();
  const event = { event: 'order.status.updated', id: 'evt_logs_1', timestamp: at, entity_type: 'order', data };

  const taken = [await send(event, PORTAL_SECRET), await send(event, PORTAL_SECRET)];
  const refused = await send({ ...event, id: 'evt_logs_2' }, 'another-secret-1234567890');
  const unread = await send({ event: 'order.status.updated' }, PORTAL_SECRET);
  const [moved] = await until('status changed', ({ entityId }) => entityId === id);

  expect([...taken, refused, unread]).toEqual([200, 200, 401, 400]);
  const [first, second] = lines('webhook taken');
  expect(first?.['requestId']).not.toBe(second?.['requestId']);
  expect([first, second]).toMatchObject([
    { level: 'info', connector: 'b2b-portal', entityId: id, status: 'PROCESSED', duplicate: false },
    { level: 'info', connector: 'b2b-portal', entityId: id, status: 'PROCESSED', duplicate: true },
  ]);
  expect(lines('webhook refused')).toMatchObject([
    { level: 'warn', code: 'SIGNATURE_INVALID', reason: expect.stringContaining('HMAC') },
    { level: 'warn', code: 'INVALID_SHAPE', reason: expect.any(String) },
  ]);
  expect(moved).toMatchObject({ previousStatus: 'PENDING', newStatus: 'CONFIRMED', integrationId: 'b2b-portal' });
  const url = `${hub.portal.url}/orders`;
  expect(lines('exchange with a system')).toContainEqual(
    expect.objectContaining({
      level: 'debug',
      exchange: expect.objectContaining({
        request: expect.objectContaining({ method: 'POST', url }),
        response: expect.objectContaining({ status: 201 }),
      }),
    }),
  );
  const all = written.join('');
  for (const secret of [PORTAL_KEY, PORTAL_SECRET, 'only-in-the-body']) expect(all).not.toContain(secret);
});

it('B23 one line tells of all states that a check could not read, with examples and no stack', async () => {
  const ids = [await idOf(createOrder(hub.admin, orderInput())), await idOf(createOrder(hub.admin, orderInput()))];
  for (const id of ids) {
    const { links } = await settled(hub.admin, 'order', id, 'SYNCED');
    const path = `/orders/${links[0]?.externalId}`;
    await hub.portal.control.addFault({ kind: 'html', method: 'GET', path, count: null });
  }

  await hub.admin.ask('mutation { runJob(name: "check-status") { userErrors { code } } }');
  const told = await until('states not read; the first are named', ({ failed }) => failed === 2);

  const unread = told[0]?.['unread'] as { entityId: string; message: string }[];
  expect(told).toHaveLength(1);
  expect(unread.map(({ entityId }) => entityId).sort()).toEqual(ids.sort());
  expect(unread[0]?.message).toBe('The upstream answered 200, but it is a web page, not JSON.');
  expect(JSON.stringify(told)).not.toContain('stack');
});
