import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { type NewNotification, notify } from '../../src/notify/notify.js';
import { eventually } from '../harness/eventually.js';
import { MERCHANT, startTestHub, type TestHub } from '../harness/hub.js';
import { startMailServer, startReceiver } from './receivers.js';

const SECRET = 'a-secret-of-the-receiver';

let mail: Awaited<ReturnType<typeof startMailServer>>;
let slack: Awaited<ReturnType<typeof startReceiver>>;
let webhook: Awaited<ReturnType<typeof startReceiver>>;
let hub: TestHub;
beforeAll(async () => {
  [mail, slack, webhook] = await Promise.all([startMailServer(), startReceiver(), startReceiver()]);
  hub = await startTestHub({
    env: {
      NOTIFY_SMTP_URL: mail.url,
      NOTIFY_MAIL_FROM: 'hub@example.com',
      NOTIFY_MAIL_TO: 'ops@example.com',
      NOTIFY_SLACK_URL: `${slack.url}/services/T/B`,
      NOTIFY_WEBHOOK_URL: `${webhook.url}/told`,
      NOTIFY_WEBHOOK_SECRET: SECRET,
    },
  });
});
afterAll(async () => {
  await hub.stop();
  for (const one of [mail, slack, webhook]) one.stop();
});

const about = (entityId: string, more: Partial<NewNotification> = {}): NewNotification => ({
  kind: 'order.shipped',
  merchantId: MERCHANT,
  entityType: 'ORDER',
  entityId,
  dedupKey: `order.shipped:${entityId}`,
  subject: `Order ${entityId} is on its way`,
  text: 'Tracking number <TRK1> & more',
  ...more,
});

interface Shown {
  id: string;
  status: string;
  attempts: number;
  sentBy: string[];
  lastError: string | null;
  sentAt: string | null;
}

async function show(entityId: string): Promise<Shown[]> {
  const { notifications } = await hub.admin.ask<{ notifications: { nodes: Shown[] } }>(
    `query ($entityId: String) { notifications(filter: { entityId: $entityId, kind: "order.shipped" }) {
      nodes { id status attempts sentBy lastError sentAt } } }`,
    { entityId },
  );
  return notifications.nodes;
}

const sent = (entityId: string) =>
  eventually(
    () => show(entityId),
    (shown) => shown[0]?.status === 'SENT',
  );
const say = (message: NewNotification) => hub.db.transaction((tx) => notify(tx, message));

it('E13 tells of one occasion once, by every channel that is on', async () => {
  const first = await say(about('ord_a', { recipients: ['buyer@example.com'] }));
  const second = await say(about('ord_a', { recipients: ['buyer@example.com'] }));

  const [shown, ...others] = await sent('ord_a');
  const posted = webhook.posts.find(({ body }) => body.includes('ord_a'));
  const mailed = mail.mails.filter(({ text }) => text.includes('ord_a'));
  expect([first, second, others]).toEqual([true, false, []]);
  expect(shown).toMatchObject({ attempts: 1, sentBy: ['mail', 'slack', 'webhook'], lastError: null });
  expect(mailed).toHaveLength(1);
  expect(mailed[0]?.to).toEqual(['buyer@example.com']);
  expect(mailed[0]?.text).toContain(`Message-ID: <${shown?.id}@syncline>`);
  expect(slack.posts.filter(({ body }) => body.includes('ord_a'))).toMatchObject([
    { path: '/services/T/B', body: expect.stringContaining('&lt;TRK1&gt; &amp; more') },
  ]);
  expect(posted?.headers['idempotency-key']).toBe(shown?.id);
  expect(new Webhook(SECRET, { format: 'raw' }).verify(posted?.body ?? '', posted?.headers as never)).toMatchObject({
    id: shown?.id,
    kind: 'order.shipped',
    entityId: 'ord_a',
    recipients: ['buyer@example.com'],
  });
});

it('E13 tells the operators what has no recipient, and nobody of what was rolled back', async () => {
  await say(about('ord_b'));
  const broken = hub.db.transaction(async (tx) => {
    await notify(tx, about('ord_c'));
    throw new Error('the occasion did not happen');
  });

  await expect(broken).rejects.toThrow('did not happen');
  await sent('ord_b');
  expect(mail.mails.find(({ text }) => text.includes('ord_b'))?.to).toEqual(['ops@example.com']);
  expect(await show('ord_c')).toEqual([]);
});

it('E13 tries only the channel again that failed, under the same key', async () => {
  webhook.statuses.push(503);

  await say(about('ord_d'));

  const [shown] = await sent('ord_d');
  const keys = webhook.posts.filter(({ body }) => body.includes('ord_d')).map(({ headers }) => headers['webhook-id']);
  expect(shown).toMatchObject({ attempts: 2, lastError: null });
  expect(keys).toEqual([shown?.id, shown?.id]);
  expect(mail.mails.filter(({ text }) => text.includes('ord_d'))).toHaveLength(1);
  expect(slack.posts.filter(({ body }) => body.includes('ord_d'))).toHaveLength(1);
});

it('E13 shows a merchant its own messages, and their text only to operators', async () => {
  await say(about('ord_e'));
  const stranger = await hub.as({ role: 'operator', merchantId: 'merchant-2' });
  const viewer = await hub.as({ role: 'viewer', merchantId: MERCHANT });

  const theirs = await stranger.ask('{ notifications { nodes { id } } }');
  const texts = await viewer.graphql('{ notifications { nodes { body } } }');
  const subjects = await viewer.ask('{ notifications { nodes { subject } } }');

  expect(theirs).toEqual({ notifications: { nodes: [] } });
  expect(texts.errors[0]?.extensions).toMatchObject({ code: 'FORBIDDEN' });
  expect(JSON.stringify(subjects)).toContain('ord_e');
});

it('E13 sends a message again that failed, when a person asks for it; one that was sent is not', async () => {
  await say(about('ord_f'));
  const [first] = await sent('ord_f');
  const resend = async () => {
    const ask = 'mutation ($id: ID!) { resendNotification(id: $id) { notification { id } userErrors { code path } } }';
    const { resendNotification } = await hub.admin.ask<{ resendNotification: object }>(ask, { id: first?.id });
    return resendNotification;
  };

  const refused = await resend();
  await hub.db.pool.query(`update notifications set status = 'FAILED', attempts = 5, sent_by = '{}' where id = $1`, [
    first?.id,
  ]);
  const asked = await resend();
  const [again] = await sent('ord_f');

  expect(refused).toEqual({ notification: null, userErrors: [{ code: 'INVALID_STATE', path: ['id'] }] });
  expect(asked).toEqual({ notification: { id: first?.id }, userErrors: [] });
  expect(again).toMatchObject({ id: first?.id, status: 'SENT', attempts: 1 });
  expect(mail.mails.filter(({ text }) => text.includes('ord_f'))).toHaveLength(2);
});
