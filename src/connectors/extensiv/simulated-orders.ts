import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { SimulatorKit } from '../simulator/kit.js';
import { parseExactJson } from '../text/exact-json.js';

/** An order in the simulated warehouse, as its API shows it. */
export interface SimulatedOrder {
  id: string;
  order_number: string;
  status: string;
  tracking_number: string | null;
  created_at: string;
  updated_at: string;
  [field: string]: unknown;
}

const Body = z.looseObject({
  customer: z.looseObject({ name: z.string().nullable() }),
  line_items: z.array(z.looseObject({ sku: z.string().min(1), quantity: z.int().min(1) })).min(1),
  order_number: z.string().min(1),
  order_date: z.iso.datetime({ offset: true }),
  metadata: z.looseObject({ portal_order_id: z.string() }),
});
const Change = z.looseObject({ status: z.string().optional() });

type ById = { Params: { id: string } };
type List = {
  Querystring: { ids?: string; order_number?: string; updated_since?: string; limit?: string; page?: string };
};
const DEFAULT_LIMIT = 100;

/**
 * The five calls about orders. Each POST makes another order, whatever header it carries: the document promises no
 * idempotency keys.
 */
export function registerOrders(
  app: FastifyInstance,
  { effects }: SimulatorKit,
  orders: Map<string, SimulatedOrder>,
  begin: (order: SimulatedOrder) => void,
): void {
  const find = (id: string) => {
    const order = orders.get(id);
    if (!order) throw Object.assign(new Error(`There is no order ${id}.`), { statusCode: 404 });
    return order;
  };
  app.post('/api/v1/orders', async ({ method, url: path, rawText: body }, reply) => {
    const given = Body.parse(parseExactJson(body));
    const answer = effects.once({ idempotencyKey: null, method, path, body }, () => {
      const order = makeOrder(given, orders.size + 1);
      orders.set(order.id, order);
      begin(order);
      const { id, order_number, status } = order;
      return { status: 201, entityId: id, body: { id, order_number, status } };
    });
    return reply.code(answer.status).send(answer.body);
  });
  app.get<List>('/api/v1/orders', async ({ query }) => ({ data: select([...orders.values()], query) }));
  app.get<ById>('/api/v1/orders/:id', async ({ params }) => ({ data: find(params.id) }));
  app.get<ById>('/api/v1/orders/:id/status', async ({ params }) => {
    const { id, status, tracking_number, updated_at } = find(params.id);
    return { id, status, tracking_number, updated_at };
  });
  app.patch<ById>('/api/v1/orders/:id', async ({ method, url: path, rawText: body, params }, reply) => {
    const order = find(params.id);
    const given = Change.parse(parseExactJson(body));
    const answer = effects.once({ idempotencyKey: null, method, path, body }, () => {
      Object.assign(order, given, { id: order.id, updated_at: new Date().toISOString() });
      return { status: 200, entityId: order.id, body: { data: order } };
    });
    return reply.code(answer.status).send(answer.body);
  });
}

function select(orders: SimulatedOrder[], query: List['Querystring']): SimulatedOrder[] {
  const { ids, order_number: wanted, updated_since: since } = query;
  const chosen = ids?.split(',');
  const limit = Number(query.limit ?? DEFAULT_LIMIT);
  const from = (Number(query.page ?? 1) - 1) * limit;
  return orders
    .filter(({ id }) => !chosen || chosen.includes(id))
    .filter(({ order_number: number }) => wanted === undefined || number === wanted)
    .filter(({ updated_at: at }) => since === undefined || Date.parse(at) >= Date.parse(since))
    .slice(from, from + limit);
}

function makeOrder(given: z.infer<typeof Body>, serial: number): SimulatedOrder {
  const now = new Date().toISOString();
  const id = `ext_ord_${serial}_${given.metadata.portal_order_id.slice(-6)}`;
  return { ...given, id, status: 'received', tracking_number: null, created_at: now, updated_at: now };
}

/** Moves an order on; shipped, it has a tracking number. */
export function moveOrder(order: SimulatedOrder, status: string): void {
  Object.assign(order, { status, updated_at: new Date().toISOString() });
  if (status === 'shipped') order.tracking_number = `1Z${order.id.replace(/\D/g, '').padStart(10, '0')}`;
}
