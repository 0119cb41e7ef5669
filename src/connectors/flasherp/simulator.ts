import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isSameSecret } from '../../model/is-same-secret.js';
import type { BuildSystem, SimulatorKit } from '../simulator/kit.js';
import type { WebhookOrder } from '../simulator/webhook-order.js';
import type { OutgoingWebhook } from '../simulator/webhook-sender.js';
import { exactNumber, parseExactJson } from '../text/exact-json.js';
import { signFlashErp } from './client.js';
import { createMadeUp, type MadeUp } from './simulated-made-up.js';

const COLLECTIONS = ['customers', 'transactions', 'subscriptions', 'invoices'] as const;
type Collection = (typeof COLLECTIONS)[number];

interface Kept extends Record<string, unknown> {
  id: string;
  collection: Collection;
  updated_at: string;
}

const REQUIRED: Record<Collection, string[]> = {
  customers: ['hub_id'],
  transactions: ['hub_id', 'reference', 'amount', 'currency', 'status'],
  subscriptions: ['hub_id', 'reference', 'plan', 'amount', 'currency', 'status'],
  invoices: ['hub_id', 'number', 'total', 'currency', 'status'],
};
const AMOUNTS = new Set(['amount', 'subtotal', 'tax', 'total', 'paid_amount']);
const TOLERANCE_S = 300;
/** Moved to a number of pieces: so many transactions that nobody sent. */
const MADE_UP = 'made-up';

/** A FlashERP that checks signatures and what it is sent, refuses a transaction of a customer it does not have, and lists. */
export const buildSimulator: BuildSystem = (app, kit) => {
  const erp = createErp();
  app.addHook('preHandler', (request, reply) => checkAccess(request, reply, kit));
  app.get('/health', async () => ({ status: 'ok' }));
  for (const collection of COLLECTIONS) registerCollection(app, kit, erp.storeOf(collection));
  const webhook = (order: Partial<WebhookOrder> & { id: string }): OutgoingWebhook | null => {
    const record = erp.find(order.id);
    return record ? flashErpWebhook(kit, record, order) : null;
  };
  return {
    state: () => Object.fromEntries(COLLECTIONS.map((name) => [name, erp.storeOf(name).all().map(inHubWords)])),
    clear: () => {
      erp.restore([]);
      erp.madeUp.grow(0);
    },
    move(id, status, tellHub) {
      if (id === MADE_UP) {
        erp.madeUp.grow(Number(status));
        return { id, status };
      }
      const record = erp.find(id);
      if (!record) return null;
      Object.assign(record, { status: status.toLowerCase(), updated_at: new Date().toISOString() });
      const sent = webhook({ id });
      if (tellHub && sent) kit.webhooks.sendUntilTaken(sent);
      return show(record);
    },
    webhook,
    save: erp.all,
    restore: (kept) => erp.restore(kept as Kept[]),
  };
};

function createErp() {
  let records = new Map<string, Kept>();
  let made = 0;
  const madeUp = createMadeUp();
  const create = (collection: Collection, body: Record<string, unknown>): Kept => {
    made += 1;
    const id = `fe_${collection.slice(0, 3)}_${made}_${randomUUID().slice(0, 8)}`;
    const record = { ...body, id, collection, updated_at: new Date().toISOString() };
    records.set(id, record);
    return record;
  };
  return {
    madeUp,
    all: () => [...records.values()],
    find: (id: string) => records.get(id),
    restore(kept: Kept[]) {
      records = new Map(kept.map((record) => [record.id, record]));
      made = records.size;
    },
    storeOf: (collection: Collection): Store => ({
      collection,
      all: () => [...records.values()].filter((one) => one.collection === collection),
      find: (id) => [records.get(id)].find((one) => one?.collection === collection),
      create: (body) => create(collection, body),
      remove: (id) => records.delete(id),
      madeUp: collection === 'transactions' ? madeUp : null,
      hasCustomer: (id) => typeof id !== 'string' || records.get(id)?.collection === 'customers',
    }),
  };
}

interface Store {
  collection: Collection;
  all(): Kept[];
  find(id: string): Kept | undefined;
  create(body: Record<string, unknown>): Kept;
  remove(id: string): boolean;
  hasCustomer(id: unknown): boolean;
  madeUp: MadeUp | null;
}

type ById = { Params: { id: string } };
type Listing = { Querystring: { updated_since?: string; page?: string; limit?: string } };

function registerCollection(app: FastifyInstance, kit: SimulatorKit, store: Store): void {
  const path = `/${store.collection}`;
  app.post(path, (request, reply) =>
    write(kit, store, request, reply, (body) => ({ status: 201, record: store.create(body) })),
  );
  app.put<ById>(`${path}/:id`, (request, reply) => {
    const known = store.find(request.params.id);
    if (!known) return notFound(reply, request.params.id);
    return write(kit, store, request, reply, (body) => ({
      status: 200,
      record: Object.assign(known, body, { id: known.id, updated_at: new Date().toISOString() }),
    }));
  });
  app.get<ById>(`${path}/:id`, async (request, reply) => {
    const { id } = request.params;
    const known = store.find(id);
    return known ? show(known) : (showMadeUp(store.madeUp?.find(id)) ?? notFound(reply, id));
  });
  app.delete<ById>(`${path}/:id`, async (request, reply) => {
    const gone = store.find(request.params.id) && store.remove(request.params.id);
    return gone ? reply.code(204).send() : notFound(reply, request.params.id);
  });
  app.get<Listing>(path, async ({ query }) => {
    const limit = Math.min(Number(query.limit ?? 100), 1000);
    const first = (Number(query.page ?? 1) - 1) * limit;
    const since = query.updated_since ? new Date(query.updated_since).toISOString() : '';
    const found = store.all().filter(({ updated_at: at }) => at >= since);
    const data = [...found.slice(first, first + limit).map(show), ...pageOf(store.madeUp, first - found.length, limit)];
    return { data, page: Number(query.page ?? 1), total: found.length + (store.madeUp?.count() ?? 0) };
  });
}

/** Those that nobody sent come after the others; `first` is before them while the page has others, too. */
function pageOf(madeUp: MadeUp | null, first: number, limit: number): unknown[] {
  const [from, to] = [Math.max(0, first), Math.min(first + limit, madeUp?.count() ?? 0)];
  return Array.from({ length: Math.max(0, to - from) }, (_, index) => showMadeUp(madeUp?.show(from + index)));
}

const showMadeUp = (record: Record<string, unknown> | undefined) => record && show(record as Kept);

type Write = (body: Record<string, unknown>) => { status: number; record: Kept };

async function write(kit: SimulatorKit, store: Store, request: FastifyRequest, reply: FastifyReply, effect: Write) {
  const body = parseBody(request.rawText);
  if (!body) return reply.code(400).send({ error: 'INVALID_JSON', message: 'The body is not a JSON object.' });
  const missing = REQUIRED[store.collection].filter((name) => body[name] === undefined || body[name] === null);
  if (missing.length > 0)
    return reply.code(400).send({ error: 'VALIDATION_FAILED', message: `Missing: ${missing.join(', ')}.` });
  if (!store.hasCustomer(body['customer_id']))
    return reply.code(422).send({ error: 'UNKNOWN_CUSTOMER', message: `There is no customer ${body['customer_id']}.` });
  const key = request.headers['x-idempotency-key'];
  const { method, url: path, rawText } = request;
  const idempotencyKey = typeof key === 'string' && key !== '' ? key : null;
  const answer = kit.effects.once({ idempotencyKey, method, path, body: rawText }, () => {
    const { status, record } = effect(body);
    return { status, entityId: record.id, body: { id: record.id, status: record['status'] ?? null } };
  });
  return reply.code(answer.status).send(answer.body);
}

function parseBody(text: string): Record<string, unknown> | null {
  try {
    const body = parseExactJson(text);
    return typeof body === 'object' && body !== null && !Array.isArray(body) ? (body as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** Answers 401 to whoever may not come in. */
async function checkAccess(request: FastifyRequest, reply: FastifyReply, { options }: SimulatorKit) {
  const { authorization, 'x-flasherp-timestamp': timestamp, 'x-flasherp-signature': signature } = request.headers;
  const refuse = (message: string) => reply.code(401).send({ error: 'UNAUTHORIZED', message });
  if (!isSameSecret(String(authorization ?? ''), `Bearer ${options.apiKey}`))
    return refuse('The API key is missing or wrong.');
  if (Math.abs(Date.now() / 1000 - Number(timestamp)) > TOLERANCE_S) return refuse('The timestamp is stale.');
  const expected = signFlashErp(options.apiSecret, String(timestamp), request.rawText ?? '');
  if (!isSameSecret(String(signature ?? ''), expected)) return refuse('The signature is wrong.');
}

/** The record as FlashERP answers it. */
function show({ collection: _, ...record }: Kept): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(record).map(([name, value]) => [
      name,
      AMOUNTS.has(name) && value !== null && value !== undefined ? exactNumber(String(value)) : value,
    ]),
  );
}

const inHubWords = (record: Kept) => {
  const status = record['status'];
  const shown = show(record);
  return typeof status === 'string'
    ? { ...shown, status: status.toUpperCase().replace(/^CANCELED$/, 'CANCELLED') }
    : shown;
};

function flashErpWebhook(kit: SimulatorKit, record: Kept, wishes: Partial<WebhookOrder>): OutgoingWebhook {
  const eventId = wishes.eventId ?? `fe_evt_${randomUUID()}`;
  const at = wishes.timestamp ?? new Date().toISOString();
  const status = wishes.status ?? record['status'];
  const data = { ...show(record), ...(status !== undefined && { status }), updated_at: at, ...wishes.data };
  const event = { id: eventId, type: `${record.collection.slice(0, -1)}.updated`, created_at: at, data };
  const body = wishes.rawBody ?? JSON.stringify(event);
  const headers = { ...kit.effects.traceHeaders(record.id), ...sign(kit, body, wishes.signature ?? 'good') };
  return { eventId, path: wishes.path ?? '', headers, body };
}

function sign({ options }: SimulatorKit, body: string, signature: WebhookOrder['signature']): Record<string, string> {
  const timestamp = String(Math.floor(Date.now() / 1000));
  if (signature === 'missing') return { 'x-flasherp-timestamp': timestamp };
  const secret = signature === 'good' ? options.apiSecret : `not ${options.apiSecret}`;
  return { 'x-flasherp-timestamp': timestamp, 'x-flasherp-signature': signFlashErp(secret, timestamp, body) };
}

function notFound(reply: FastifyReply, id: string) {
  return reply.code(404).send({ error: 'NOT_FOUND', message: `There is no ${id}.` });
}
