import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { z } from 'zod';
import { b2bPortal } from '../../src/connectors/b2b-portal/index.js';
import type { Connector } from '../../src/connectors/connector.js';
import { createTestDatabase, type TestDatabase } from '../harness/database.js';
import { eventually } from '../harness/eventually.js';
import { addLink, addOrder } from '../inbox/fixtures.js';
import {
  addPortal,
  operator,
  orderEvent,
  PATH,
  post,
  SECRET,
  sign,
  startWebhookHub,
  type WebhookHub,
} from './webhook-hub.js';

/** A system without a webhook scheme of its own. */
const plain: Connector = {
  ...(b2bPortal as Connector),
  name: 'plain',
  credentials: z.object({ webhookSecret: z.string().optional() }),
  webhooks: undefined,
};

/** A system whose own scheme signs with a credential that the gateway's does not know by name. */
const guarded: Connector = {
  ...(b2bPortal as Connector),
  name: 'guarded',
  credentials: z.object({ apiKey: z.string() }),
  webhooks: {
    parse: b2bPortal.webhooks?.parse as never,
    verify: (request, { apiKey }) => b2bPortal.webhooks?.verify(request, { apiKey, apiSecret: apiKey }),
  } as Connector['webhooks'],
};

let db: TestDatabase;
let hub: WebhookHub;
beforeEach(async () => {
  db = await createTestDatabase();
  hub = await startWebhookHub(db, { further: [plain, guarded] });
});
afterEach(async () => {
  await hub.close();
  await db.drop();
});

const one = async (text: string, values: unknown[] = []) => (await db.pool.query(text, values)).rows[0];

async function linkedOrder(externalId: string, integrationId = 'b2b-portal'): Promise<string> {
  await db.pool.query(`insert into merchants (id, name) values ('shop', 'Shop') on conflict do nothing`);
  const order = await addOrder(db);
  await addLink(db, order, externalId, 'ORDER', integrationId);
  return order;
}

it('takes unsigned webhooks where no secret is set', async () => {
  await addPortal(db, { secret: null });
  const order = await linkedOrder('unsigned');

  const answer = await post(hub, PATH, orderEvent({ id: 'unsigned' }), {});

  expect(answer).toMatchObject({ status: 200, body: { data: { erp_order_id: order } } });
});

it('B12 takes a body that begins with a byte order mark, signed with it, and keeps it as it came', async () => {
  await addPortal(db);
  const order = await linkedOrder('marked');
  const body = `\uFEFF${orderEvent({ id: 'marked', api_key: 'hidden' })}`;
  const plain = `\uFEFF${orderEvent({ id: 'marked', status: 'DELIVERED' })}`;

  const answers = [await post(hub, PATH, body), await post(hub, PATH, plain)];
  const kept = await one(`select payload, raw_body from webhook_events order by created_at limit 1`);

  expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  expect(answers[0]?.body).toMatchObject({ data: { erp_order_id: order } });
  expect(JSON.parse(kept.payload).data).toMatchObject({ id: 'marked', api_key: '***' });
  expect(kept.raw_body.equals(Buffer.from(body))).toBe(true);
});

it('G5 takes an unsigned gateway event without a time as of now', async () => {
  await addPortal(db, { id: 'open', connector: 'plain', secret: null });

  const answer = await post(hub, '/webhooks/open', '{"eventType":"test","data":{"test":true}}', {});

  expect(answer.status).toBe(200);
  expect(await one('select status, occurred_at <= now() as past from webhook_events')).toEqual({
    status: 'IGNORED',
    past: true,
  });
});

it('finds whose webhook it is by the signature', async () => {
  await addPortal(db, { id: 'north', merchantId: 'm-north', secret: 'north-secret' });
  await addPortal(db, { id: 'shop-portal', secret: 'shop-secret' });
  const order = await linkedOrder('whose', 'shop-portal');
  const body = orderEvent({ id: 'whose' });

  const answer = await post(hub, PATH, body, { 'x-b2b-signature': sign(body, 'shop-secret') });
  const stranger = await post(hub, PATH, body, { 'x-b2b-signature': sign(body, 'a stranger') });
  const misdirected = await post(hub, PATH, body, {
    'x-b2b-signature': sign(body, 'shop-secret'),
    'x-merchant-id': 'm-north',
  });

  expect(answer).toMatchObject({ status: 200, body: { data: { erp_order_id: order } } });
  expect([stranger.status, misdirected.status]).toEqual([401, 401]);
  expect(await one('select merchant_id, integration_id from webhook_events')).toEqual({
    merchant_id: 'shop',
    integration_id: 'shop-portal',
  });
});

it('applies nothing of another merchant, whatever ids the event names', async () => {
  await addPortal(db, { id: 'shop-portal' });
  await addPortal(db, { id: 'north', merchantId: 'm-north', secret: 'north-secret' });
  const order = await linkedOrder('mine', 'shop-portal');
  const body = orderEvent({ id: 'mine', erp_order_id: order, order_number: `N-${order}` });

  const answer = await post(hub, PATH, body, { 'x-b2b-signature': sign(body, 'north-secret') });

  expect(answer.status).toBe(202);
  expect((await one('select status from orders where id = $1', [order])).status).toBe('PENDING');
});

it('B3 keeps what one system tells late as IGNORED where another has told newer, and changes nothing', async () => {
  await addPortal(db, { id: 'first', secret: 'first-secret' });
  await addPortal(db, { id: 'second', secret: 'second-secret' });
  const order = await linkedOrder('of-both', 'first');
  await addLink(db, order, 'of-both', 'ORDER', 'second');
  const tell = (sender: string, status: string, time: string) => {
    const body = orderEvent({ id: 'of-both', status }, { timestamp: `2026-02-15T${time}Z` });
    return post(hub, PATH, body, { 'x-b2b-signature': sign(body, `${sender}-secret`) });
  };

  await tell('first', 'SHIPPED', '10:10:00');
  const late = await tell('second', 'PROCESSING', '10:09:00');
  const newer = await tell('second', 'DELIVERED', '10:11:00');
  const later = await tell('first', 'CANCELLED', '10:10:30');

  expect([late, newer, later].map(({ status }) => status)).toEqual([200, 200, 200]);
  const { rows } = await db.pool.query('select status, error_code from webhook_events order by occurred_at');
  expect(rows).toEqual([
    { status: 'IGNORED', error_code: 'OUT_OF_DATE' },
    { status: 'PROCESSED', error_code: null },
    { status: 'IGNORED', error_code: 'OUT_OF_DATE' },
    { status: 'PROCESSED', error_code: null },
  ]);
  expect(await one(`select status from orders where id = $1`, [order])).toEqual({ status: 'DELIVERED' });
  const moved = await db.pool.query(`select data from changes where kind = 'order.status_changed' order by id`);
  expect(moved.rows.map(({ data }) => JSON.parse(data).newStatus)).toEqual(['SHIPPED', 'DELIVERED']);
});

it('answers 404 where no integration receives, 409 where it is disabled', async () => {
  const nobody = await post(hub, PATH, orderEvent({ id: 'x' }));
  await addPortal(db, { id: 'asleep' });
  await db.pool.query('update integrations set enabled = false');

  const disabled = await post(hub, '/webhooks/asleep', orderEvent({ id: 'x' }));

  expect(nobody).toMatchObject({ status: 404, body: { code: 'UNKNOWN_INTEGRATION' } });
  expect(disabled).toMatchObject({ status: 409, body: { code: 'INTEGRATION_DISABLED' } });
});

it('B19 answers an unmapped status by 422 in strict mode, changes nothing, and replays it once it is mapped', async () => {
  await addPortal(db, { settings: { strictMapping: true } });
  const order = await linkedOrder('strict');
  const answer = await post(hub, PATH, orderEvent({ id: 'strict', status: 'AT_CUSTOMS' }));
  const before = (await one('select status from orders where id = $1', [order])).status;
  await db.pool.query(
    `update integrations set settings = settings || '{"statusMappings": {"orders": {"AT_CUSTOMS": "PROCESSING"}}}'`,
  );

  // Every instance hears of a changed integration in its own time.
  const replay = await eventually(
    () =>
      hub.operate('mutation { replayWebhookEvents(filter: { status: [FAILED] }) { affected userErrors { code } } }'),
    (answer) => answer['replayWebhookEvents']?.['affected'] === 1,
  );

  expect(answer).toMatchObject({
    status: 422,
    body: { success: false, code: 'UNMAPPED_STATUS', field: 'data.status' },
  });
  expect(before).toBe('PENDING');
  expect(replay).toEqual({ replayWebhookEvents: { affected: 1, userErrors: [] } });
  expect((await one('select status from orders where id = $1', [order])).status).toBe('PROCESSING');
});

it('answers 429 with Retry-After over the rate of one sender at one address', async () => {
  await addPortal(db);
  const strict = await startWebhookHub(db, { ratePerSecond: 2 });

  const answers = await Promise.all(Array.from({ length: 30 }, () => post(strict, '/webhooks/b2b-portal', '{', {})));
  const elsewhere = await fetch(`${strict.url}${PATH}/verify`);
  await strict.close();

  const refused = answers.filter(({ status }) => status === 429);
  expect(refused.length).toBeGreaterThan(0);
  expect(refused[0]?.headers.get('retry-after')).toBe('1');
  expect(refused[0]?.body).toMatchObject({ success: false, code: 'RATE_LIMITED' });
  expect(elsewhere.status).toBe(200);
});

const gatewayBody = (id: string) => JSON.stringify({ eventType: 'order.updated', data: { id, status: 'shipped' } });

function gatewayHeaders(body: string, secret: string, at = new Date(), id?: string): Record<string, string> {
  return {
    'x-webhook-signature': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
    'x-webhook-timestamp': at.toISOString(),
    ...(id && { 'x-webhook-id': id }),
  };
}

const addPlain = () => addPortal(db, { id: 'gate', connector: 'plain', webhookSecret: 'gate-secret' });

it('takes the gateway’s scheme where a connector has none', async () => {
  await addPlain();
  const order = await linkedOrder('g-1', 'gate');
  const body = gatewayBody('g-1');
  const headers = gatewayHeaders(body, 'gate-secret', new Date(Date.now() - 4 * 60_000));

  const first = await post(hub, '/webhooks/gate', body, headers);
  const again = await post(hub, '/webhooks/gate', body, headers);

  expect(first).toMatchObject({ status: 200, body: { data: { entityId: order, entityStatus: 'SHIPPED' } } });
  expect(again.body.data).toEqual(first.body.data);
  expect((await one('select count(*)::int as n from webhook_events')).n).toBe(1);
});

it('takes the gateway’s scheme beside a connector’s own, by the same secret', async () => {
  await addPortal(db);
  const order = await linkedOrder('g-9', 'b2b-portal');
  const body = gatewayBody('g-9');

  const taken = await post(hub, '/webhooks/b2b-portal', body, gatewayHeaders(body, SECRET));
  const forged = await post(hub, '/webhooks/b2b-portal', body, gatewayHeaders(body, 'another'));

  expect(taken).toMatchObject({ status: 200, body: { data: { entityId: order, entityStatus: 'SHIPPED' } } });
  expect(forged).toMatchObject({ status: 401, body: { code: 'SIGNATURE_INVALID' } });
});

it('does not let a sender choose the gateway’s scheme where only the connector’s own has a secret', async () => {
  await addPortal(db, { id: 'guard', connector: 'guarded', secret: null });
  const order = await linkedOrder('g-11', 'guard');
  const body = gatewayBody('g-11');
  const own = orderEvent({ id: 'g-11', status: 'SHIPPED' });

  const forged = await post(hub, '/webhooks/guard', body, gatewayHeaders(body, 'any'));
  const taken = await post(hub, '/webhooks/guard', own, { 'x-b2b-signature': sign(own, 'key') });

  expect(forged).toMatchObject({ status: 401, body: { code: 'SIGNATURE_INVALID' } });
  expect(taken).toMatchObject({ status: 200, body: { data: { entityId: order } } });
});

it('takes the connector’s own body in the gateway’s scheme, and knows the event as the gateway does', async () => {
  await addPortal(db);
  const order = await linkedOrder('g-10', 'b2b-portal');
  const body = orderEvent({ id: 'g-10', status: 'SHIPPED' });
  const headers = gatewayHeaders(body, SECRET, new Date(), 'delivery-10');

  const answer = await post(hub, '/webhooks/b2b-portal', body, headers);

  expect(answer).toMatchObject({ status: 200, body: { data: { entityId: order, entityStatus: 'SHIPPED' } } });
  expect((await one('select event_id from webhook_events')).event_id).toBe('delivery-10');
});

it('names the field that holds what cannot be kept', async () => {
  await addPortal(db);
  const body = JSON.stringify({ ...JSON.parse(orderEvent({ id: 'nul' })), note: { by: 'a\0b' } });

  const answer = await post(hub, PATH, body, { 'x-b2b-signature': sign(body) });

  expect(answer).toMatchObject({ status: 400, body: { code: 'INVALID_SHAPE', field: 'note.by' } });
});

it('knows a gateway event by X-Webhook-Id before its body', async () => {
  await addPlain();
  await linkedOrder('g-2', 'gate');
  const body = gatewayBody('g-2');

  await post(hub, '/webhooks/gate', body, gatewayHeaders(body, 'gate-secret', new Date(), 'one'));
  await post(hub, '/webhooks/gate', body, gatewayHeaders(body, 'gate-secret', new Date(Date.now() + 1000), 'one'));
  await post(hub, '/webhooks/gate', body, gatewayHeaders(body, 'gate-secret', new Date(), 'two'));

  expect((await one('select array_agg(event_id order by event_id) as ids from webhook_events')).ids).toEqual([
    'one',
    'two',
  ]);
});

it.each([
  ['six minutes old', -6 * 60_000],
  ['six minutes ahead', 6 * 60_000],
])('refuses a gateway timestamp %s', async (_what, offsetMs) => {
  await addPlain();
  const body = gatewayBody('g-3');

  const answer = await post(
    hub,
    '/webhooks/gate',
    body,
    gatewayHeaders(body, 'gate-secret', new Date(Date.now() + offsetMs)),
  );

  expect(answer).toMatchObject({ status: 401, body: { code: 'TIMESTAMP_STALE' } });
  expect((await one('select count(*)::int as n from audit_entries')).n).toBe(1);
});

it('lets operators ingest through the schema, for their own merchant', async () => {
  await addPortal(db);
  const order = await linkedOrder('graph');
  const body = orderEvent({ id: 'graph' });
  const document = `mutation ($input: IngestWebhookInput!) {
    ingestWebhook(input: $input) { outcome { entityId status } userErrors { code } } }`;
  const input = { integrationId: 'b2b-portal', headers: { 'X-B2B-Signature': sign(body) }, body };

  const viewer = await hub.operate(document, { input }, { ...operator, role: 'viewer' });
  const stranger = await hub.operate(document, { input }, { ...operator, merchantId: 'm-north' });
  const allowed = await hub.operate(document, { input }, { ...operator, merchantId: 'shop' });

  expect(viewer).toMatchObject({ ingestWebhook: { outcome: null, userErrors: [{ code: 'FORBIDDEN' }] } });
  expect(stranger).toMatchObject({ ingestWebhook: { outcome: null, userErrors: [{ code: 'UNKNOWN_INTEGRATION' }] } });
  expect(allowed).toMatchObject({
    ingestWebhook: { outcome: { entityId: order, status: 'PROCESSED' }, userErrors: [] },
  });
});
