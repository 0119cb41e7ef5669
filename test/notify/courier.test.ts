import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { createUpstreamHttp } from '../../src/connectors/upstream/upstream-http.js';
import { sqlOn } from '../../src/db/database.js';
import type { Channel } from '../../src/notify/channel.js';
import { claimNotifications } from '../../src/notify/claim-notifications.js';
import { createCourier } from '../../src/notify/courier.js';
import { notify } from '../../src/notify/notify.js';
import { openChannels } from '../../src/notify/open-channels.js';
import { createWebhook } from '../../src/notify/webhook.js';
import { createTestDatabase, type TestDatabase } from '../harness/database.js';
import { eventually } from '../harness/eventually.js';
import { startReceiver } from './receivers.js';

let db: TestDatabase;
let receiver: Awaited<ReturnType<typeof startReceiver>>;
const log = pino({ level: 'silent' });
beforeAll(async () => {
  db = await createTestDatabase();
  receiver = await startReceiver();
});
afterAll(async () => {
  receiver.stop();
  await db.drop();
});

const sql = () => sqlOn(db.pool);
const toSlack = () => openChannels({ mail: null, slack: { url: receiver.url }, webhook: null }, false);

async function say(dedupKey: string): Promise<void> {
  await notify({ sql: sql() }, { kind: 'alert.opened', merchantId: null, dedupKey, subject: dedupKey, text: 'Look.' });
}

async function rowOf(dedupKey: string) {
  const query = 'select status, attempts, last_error from notifications where dedup_key = $1';
  const [row] = await sql()<{ status: string; attempts: number; last_error: string | null }>(query, [dedupKey]);
  return row;
}

/** Lets a courier work until the message has ended. */
async function deliver(dedupKey: string, channels: Channel[], backoffMs = 1, publicUrl?: string) {
  const courier = createCourier({ sql: sql(), channels, log, backoffMs, pollMs: 20, publicUrl });
  courier.start();
  const row = await eventually(
    () => rowOf(dedupKey),
    (found) => found?.status !== 'PENDING',
  );
  await courier.stop();
  return row;
}

const told = (text: string) => receiver.posts.filter(({ body }) => body.includes(text)).length;

it('E13 sends what a courier that died had claimed, once its claim has ended', async () => {
  await say('claimed-by-the-dead');
  const claimed = await claimNotifications(sql(), 10, 200);

  const row = await deliver('claimed-by-the-dead', await toSlack());

  expect(claimed).toHaveLength(1);
  expect(row).toMatchObject({ status: 'SENT', attempts: 2 });
  expect(told('claimed-by-the-dead')).toBe(1);
});

it('E13 lets couriers share the work without telling anything twice', async () => {
  const names = Array.from({ length: 40 }, (_, n) => `shared-${n}-`);
  for (const name of names) await say(name);

  await Promise.all(names.slice(0, 3).map(async (name) => deliver(name, await toSlack())));
  await deliver(names.at(-1) ?? '', await toSlack());

  expect(names.map(told)).toEqual(names.map(() => 1));
});

it('E13 puts the public address before links, and leaves other text as it is', async () => {
  const text = 'See a/b and /c.\n\n/graphiql?query=%7B%7D';
  await notify({ sql: sql() }, { kind: 'alert.opened', merchantId: null, dedupKey: 'linked', subject: 'linked', text });
  const publicUrl = 'https://hub.example.com';

  await deliver('linked', await toSlack(), 1, publicUrl);

  const [sent] = receiver.posts.filter(({ body }) => body.includes('linked'));
  expect(sent?.body).toContain('See a/b and /c.\\n\\nhttps://hub.example.com/graphiql?query=%7B%7D');
});

it('E13 keeps what no channel takes', async () => {
  await say('kept');

  const row = await deliver('kept', []);

  expect(row).toMatchObject({ status: 'KEPT', attempts: 1, last_error: null });
});

it('E13 gives up after ten attempts, and says why without the address', async () => {
  await say('refused');
  receiver.statuses.push(...Array.from({ length: 10 }, () => 500));

  const row = await deliver('refused', await toSlack(), 0);

  expect(row).toMatchObject({
    status: 'FAILED',
    attempts: 10,
    last_error: expect.stringMatching(/^slack: .* answered 500$/),
  });
  expect(told('refused')).toBe(10);
});

it('E13 calls no private address outside development', async () => {
  await say('private');
  const http = createUpstreamHttp({ httpsOnly: false, publicOnly: true });
  const channel = createWebhook(http, { url: receiver.url, secret: 'x'.repeat(16) });

  const row = await deliver('private', [channel], 0);

  expect(row?.last_error).toMatch(/private|denied|not allowed/i);
  expect(told('private')).toBe(0);
});
