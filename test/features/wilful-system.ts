import { createHmac, randomUUID } from 'node:crypto';
import { startServer } from '../connectors/local-server.js';
import { eventually } from '../harness/eventually.js';
import { MERCHANT, type TestHub } from '../harness/hub.js';
import { idOf, mutate } from './order-client.js';

type Kept = Record<string, unknown> & { id: string };

/** A system that keeps what it is sent in a form of its own and says so by webhook. In this process, but over HTTP both ways. */
export interface WilfulSystem {
  integrationId: string;
  /** Bodies of the writes that it was sent, in their order. */
  writes: Record<string, unknown>[];
  /** Somebody changes the record there that it was sent last; it tells the hub. */
  edit(change: object): Promise<void>;
  stop(): void;
}

const KEYS = { apiKey: 'wilful-key-1234567890', apiSecret: 'wilful-secret-1234567890' };

/** Makes an integration with it. `rewrite`: what it makes of a record that it is sent; null: it says nothing of it. */
export async function startWilfulSystem(
  hub: TestHub,
  connector: 'flasherp' | 'b2b-portal',
  rewrite: (sent: Kept) => object | null,
): Promise<WilfulSystem> {
  const eventType = connector === 'flasherp' ? 'customer.updated' : 'order.updated';
  const records = new Map<string, Kept>();
  const writes: Record<string, unknown>[] = [];
  let integrationId = '';
  const put = (record: Kept) => {
    // Moved to the end, where the newest is.
    records.delete(record.id);
    records.set(record.id, record);
  };
  const keep = (record: Kept) => {
    put(record);
    return tell(hub, integrationId, { eventType, timestamp: new Date().toISOString(), data: record });
  };
  const server = await startServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const answer = (body: object) => response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
      if (request.method === 'GET') return answer({ status: 'ok' });
      const sent = JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>;
      const id = request.method === 'PUT' ? (request.url?.split('/').at(-1) ?? '') : randomUUID();
      const record = { ...records.get(id), ...sent, id };
      writes.push(sent);
      answer({ id, order_number: id, status: sent['status'] ?? null });
      const made = rewrite(record);
      if (made === null) return put(record);
      void isSettled(hub, integrationId, id).then(() => keep({ ...record, ...made }));
    });
  });
  const settings = {
    baseUrl: server.url,
    ratePerSecond: null,
    ...(connector === 'b2b-portal' && { merchantId: MERCHANT }),
  };
  const input = { merchantId: MERCHANT, name: `Wilful ${randomUUID().slice(0, 8)}`, connector, mode: 'HYBRID' };
  integrationId = await idOf(
    mutate(hub.admin, 'createIntegration', 'CreateIntegrationInput', 'integration', {
      ...input,
      settings,
      credentials: KEYS,
    }),
  );
  return {
    integrationId,
    writes,
    edit: (change) => keep({ ...[...records.values()].at(-1), ...change } as Kept),
    stop: server.stop,
  };
}

/** What is told before the hub has settled the write that is answered would count as overtaken. */
function isSettled({ db }: TestHub, integrationId: string, id: string): Promise<unknown> {
  const SETTLED = `select 1 from links where integration_id = $1 and external_id = $2 and state = 'SYNCED'`;
  return eventually(
    async () => (await db.pool.query(SETTLED, [integrationId, id])).rows,
    (rows) => rows.length > 0,
  ).catch(() => {});
}

/** By the gateway's scheme, which every integration takes. */
async function tell(
  hub: TestHub,
  integrationId: string,
  { eventType, timestamp, data }: { eventType: string; timestamp: string; data: Kept },
) {
  const { id, phone, name, notes } = data;
  const status = eventType.startsWith('order.') ? data['status'] : undefined;
  const body = JSON.stringify({ eventType, timestamp, data: { id, phone, name, notes, status } });
  const answer = await fetch(`${hub.url}/webhooks/${integrationId}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-webhook-signature': `sha256=${createHmac('sha256', KEYS.apiSecret).update(body).digest('hex')}`,
      'x-webhook-timestamp': timestamp,
      'x-webhook-id': randomUUID(),
    },
    body,
  }).catch(() => null);
  if (answer && answer.status >= 300) throw new Error(await answer.text());
}
