import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { isSameSecret } from '../../model/is-same-secret.js';
import type { SimulatorKit } from '../simulator/kit.js';
import { signatureOf } from './signature.js';
import type { ErpOrder } from './simulated-books.js';

/** What the ERP does when it is called. */
export interface ErpActions {
  /** The order that was sent, or the one of the same number with what was sent. */
  take(order: Omit<ErpOrder, 'id' | 'status'>): ErpOrder;
  /** These quantities from now on; the hub is told. */
  setStock(items: ErpOrder['items'], more: Record<string, unknown>): void;
}

const Amount = z.number();
const Text = z.string().min(1);
const SyncBody = z.object({
  order_increment_id: Text,
  order_id: z.union([Text, z.int()]).transform(String),
  customer_email: z.string().nullable(),
  customer_firstname: z.string().nullable(),
  customer_lastname: z.string().nullable(),
  items: z
    .array(z.object({ sku: Text, name: z.string().nullable(), qty: z.number(), price: Amount, row_total: Amount }))
    .min(1),
  totals: z.object({ subtotal: Amount, tax: Amount, shipping: Amount, discount: Amount, grand_total: Amount }),
  billing_address: z.record(z.string(), z.unknown()).nullable(),
  shipping_address: z.record(z.string(), z.unknown()).nullable(),
  created_at: z.string().regex(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
  updated_at: z.string().regex(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
});

const StockBody = z.object({
  items: z.array(z.object({ sku: Text, qty: z.int() })).min(1),
  orderIncrementId: z.string().optional(),
  idempotencyKey: z.string().optional(),
});

/** `POST /orders/sync` as documented, and the mock address that sets stock, under its own name and its whole path. */
export function registerErpRoutes(app: FastifyInstance, kit: SimulatorKit, actions: ErpActions): void {
  app.get('/health', async () => ({ status: 'ok' }));
  app.post('/orders/sync', async (request, reply) => sync(kit, actions, request, reply));
  for (const path of ['/mock-update-stock', '/rest/V1/erpconnector/mock-update-stock'])
    app.post(path, async (request, reply) => updateStock(kit, actions, request, reply));
}

async function sync(kit: SimulatorKit, actions: ErpActions, request: FastifyRequest, reply: FastifyReply) {
  const refusal = refuse(kit, request);
  if (refusal) return reply.code(401).send(refusal);
  const key = headerOf(request, 'x-idempotency-key');
  if (!key) return reply.code(400).send({ error: 'X-Idempotency-Key is missing', code: 'NO_IDEMPOTENCY_KEY' });
  const body = SyncBody.safeParse(parse(request.rawText));
  if (!body.success) return reply.code(400).send({ error: z.prettifyError(body.error), code: 'VALIDATION_FAILED' });
  const write = { idempotencyKey: key, method: 'POST', path: request.url, body: request.rawText };
  const { order_increment_id: number, order_id: orderId, items, totals } = body.data;
  const answer = kit.effects.once(write, () => {
    const order = actions.take({ number, orderId, items: items.map(({ sku, qty }) => ({ sku, qty })), totals });
    return { status: 200, entityId: order.id, body: { erp_reference: order.id, status: 'accepted' } };
  });
  return reply.code(answer.status).send(answer.body);
}

async function updateStock(kit: SimulatorKit, actions: ErpActions, request: FastifyRequest, reply: FastifyReply) {
  const body = StockBody.safeParse(parse(request.rawText));
  if (!body.success) return reply.code(400).send({ error: z.prettifyError(body.error), code: 'VALIDATION_FAILED' });
  const { items, idempotencyKey = null, ...more } = body.data;
  const write = { idempotencyKey, method: 'POST', path: '/mock-update-stock', body: request.rawText };
  const answer = kit.effects.once(write, () => {
    actions.setStock(items, more);
    return { status: 200, entityId: 'stock', body: { success: true, message: 'Stock updated', items } };
  });
  return reply.code(answer.status).send(answer.body);
}

function refuse({ options }: SimulatorKit, request: FastifyRequest) {
  if (!isSameSecret(headerOf(request, 'x-api-key') ?? '', options.apiKey))
    return { error: 'X-API-KEY is missing or wrong', code: 'UNAUTHORIZED' };
  if (!isSameSecret(headerOf(request, 'x-signature') ?? '', signatureOf(request.rawText, options.apiSecret)))
    return { error: 'X-Signature is missing or wrong', code: 'BAD_SIGNATURE' };
  return null;
}

function headerOf(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
