import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { BuildSystem, SimulatorKit } from '../../../src/connectors/simulator/kit.js';
import type { WebhookOrder } from '../../../src/connectors/simulator/webhook-order.js';
import type { OutgoingWebhook } from '../../../src/connectors/simulator/webhook-sender.js';
import { statusFromNewSystem } from './mapping.js';
import { SIGNATURE_HEADER, signatureOf } from './webhook.js';

/** What is kept of an order; the status in the words of New System. */
interface KeptOrder {
  id: string;
  reference: string;
  number: string;
  status: string;
}

/** Whether the call is let in. */
function mayCall(_headers: FastifyRequest['headers'], _options: SimulatorKit['options']): boolean {
  throw new Error(
    'Fill in mayCall in src/connectors/new-system/simulator.ts: whether the headers have options.apiKey as documented.',
  );
}

/** Null: the body is refused. */
function readOrder(_body: unknown): Omit<KeptOrder, 'id'> | null {
  throw new Error(
    'Fill in readOrder in src/connectors/new-system/simulator.ts: check the body and take from it what is kept.',
  );
}

/** The order as it is answered. */
function showOrder(_order: KeptOrder): Record<string, unknown> {
  throw new Error(
    'Fill in showOrder in src/connectors/new-system/simulator.ts: the order as it answers it (wire.ts reads it).',
  );
}

/** A webhook's body. */
function eventBody(_event: { id: string; time: string }, _order: KeptOrder): Record<string, unknown> {
  throw new Error(
    'Fill in eventBody in src/connectors/new-system/simulator.ts: the body of a webhook (wire.ts reads it).',
  );
}

/** A New System that checks what it is sent, keeps it, does a write once per idempotency key, and tells of its orders. */
export const buildSimulator: BuildSystem = (app, kit) => {
  const orders = new Map<string, KeptOrder>();
  const webhook = (wishes: Partial<WebhookOrder> & { id: string }): OutgoingWebhook | null => {
    const order = orders.get(wishes.id);
    return order ? makeWebhook(kit, order, wishes) : null;
  };
  registerRoutes(app, kit, orders);
  return {
    // The suite compares in the hub's words.
    state: () => ({
      orders: [...orders.values()].map((order) => ({ ...order, status: statusFromNewSystem(order.status) })),
    }),
    clear: () => orders.clear(),
    move(id, status, tellHub) {
      const order = orders.get(id);
      if (!order) return null;
      order.status = status;
      const sent = webhook({ id });
      if (tellHub && sent) kit.webhooks.sendUntilTaken(sent);
      return order;
    },
    webhook,
    save: () => [...orders.values()],
    restore: (kept) => {
      for (const order of kept as KeptOrder[]) orders.set(order.id, order);
    },
  };
};

function registerRoutes(app: FastifyInstance, kit: SimulatorKit, orders: Map<string, KeptOrder>): void {
  const create = (order: Omit<KeptOrder, 'id'>): KeptOrder => {
    const kept = { ...order, id: `new-system_${orders.size + 1}_${randomUUID().slice(0, 8)}` };
    orders.set(kept.id, kept);
    return kept;
  };
  app.addHook('preHandler', async (request, reply) => {
    if (!mayCall(request.headers, kit.options)) return reply.code(401).send({ message: 'The credentials are wrong.' });
  });
  app.get('/health', async () => ({ status: 'ok' }));
  app.post('/orders', async (request, reply) => write(kit, request, reply, 201, create));
  app.put<ById>('/orders/:id', async (request, reply) => {
    const known = orders.get(request.params.id);
    return known ? write(kit, request, reply, 200, (order) => Object.assign(known, order)) : notFound(reply);
  });
  app.get<ById>('/orders/:id', async (request, reply) => {
    const known = orders.get(request.params.id);
    return known ? showOrder(known) : notFound(reply);
  });
}

type ById = { Params: { id: string } };

async function write(
  kit: SimulatorKit,
  request: FastifyRequest,
  reply: FastifyReply,
  status: number,
  effect: (order: Omit<KeptOrder, 'id'>) => KeptOrder,
) {
  const order = readOrder(parse(request.rawText));
  if (!order) return reply.code(400).send({ message: 'The body is not an order.' });
  const key = request.headers['idempotency-key'];
  const { method, url: path, rawText: body } = request;
  const answer = kit.effects.once({ idempotencyKey: typeof key === 'string' ? key : null, method, path, body }, () => {
    const kept = effect(order);
    return { status, entityId: kept.id, body: showOrder(kept) };
  });
  return reply.code(answer.status).send(answer.body);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const notFound = (reply: FastifyReply) => reply.code(404).send({ message: 'There is no such order.' });

function makeWebhook({ options }: SimulatorKit, order: KeptOrder, wishes: Partial<WebhookOrder>): OutgoingWebhook {
  const { eventId = randomUUID(), timestamp: time = new Date().toISOString(), signature = 'good' } = wishes;
  const told = { ...order, status: wishes.status ?? order.status };
  const body = wishes.rawBody ?? JSON.stringify(eventBody({ id: eventId, time }, told));
  const secret = signature === 'good' ? options.apiSecret : `not ${options.apiSecret}`;
  const headers = { [SIGNATURE_HEADER]: signatureOf(Buffer.from(body), secret) };
  return { eventId, path: wishes.path ?? '', headers: signature === 'missing' ? {} : headers, body };
}
