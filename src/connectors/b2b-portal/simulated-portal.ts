import { timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { exactNumber, parseExactJson } from '../exact-json.js';
import type { BuildSystem, SimulatorKit } from '../simulator/kit.js';
import type { Collection } from './client.js';
import { createPortalLife } from './simulated-life.js';
import { type Amounts, PortalBodies, type PortalBody, type PortalEntity } from './simulated-shapes.js';
import { portalWebhook } from './simulated-webhook.js';

/** A B2B portal that behaves like a real one: checks what it is sent, keeps it, and lets its orders and invoices live. */
export const buildPortal: BuildSystem = (app, kit) => {
  const entities = new Map<string, PortalEntity>();
  const find = (collection: Collection, id: string) => {
    const entity = entities.get(id);
    return entity?.collection === collection ? entity : undefined;
  };
  const move = (entity: PortalEntity, status: string, tellHub: boolean) => {
    const previous = entity.status;
    Object.assign(entity, { status, updatedAt: new Date().toISOString() });
    if (status === 'SHIPPED') entity.trackingNumbers = [`TRK${entity.id.replace(/\D/g, '').padStart(9, '0')}`];
    if (status === 'PAID') entity.paid = { date: entity.updatedAt, amount: entity.amounts['total_amount'] ?? '0' };
    if (tellHub) kit.webhooks.sendUntilTaken(portalWebhook(kit, entity, { previous }));
  };
  const life = createPortalLife(kit, (entity, status) => move(entity, status, true));

  app.addHook('preHandler', async (request, reply) => checkAccess(request, reply, kit));
  app.get('/health', async () => ({ status: 'ok' }));
  for (const collection of ['orders', 'invoices'] as const) {
    registerCollection(app, kit, {
      collection,
      find: (id) => find(collection, id),
      create: (body) => {
        const entity = newEntity(collection, entities.size + 1, body);
        entities.set(entity.id, entity);
        life.begin(entity);
        return entity;
      },
    });
  }
  const list = (collection: Collection) =>
    [...entities.values()].filter((entity) => entity.collection === collection).map(show);
  return {
    state: () => ({ orders: list('orders'), invoices: list('invoices') }),
    clear() {
      life.end();
      entities.clear();
    },
    move(id, status, tellHub) {
      const entity = entities.get(id);
      if (!entity) return null;
      move(entity, status, tellHub);
      return show(entity);
    },
    webhook(order) {
      const entity = entities.get(order.id);
      if (!entity) throw new Error(`There is no ${order.id} here.`);
      return portalWebhook(kit, entity, order);
    },
  };
};

interface CollectionRoutes {
  collection: Collection;
  find(id: string): PortalEntity | undefined;
  create(body: PortalBody): PortalEntity;
}

function registerCollection(app: FastifyInstance, kit: SimulatorKit, { collection, find, create }: CollectionRoutes) {
  type ById = { Params: { id: string } };
  app.post(`/${collection}`, (request, reply) =>
    write(kit, request, reply, collection, (body) => ({ status: 201, entity: create(body) })),
  );
  app.put<ById>(`/${collection}/:id`, (request, reply) => {
    const entity = find(request.params.id);
    if (!entity) return notFound(reply, request.params.id);
    return write(kit, request, reply, collection, (body) => ({ status: 200, entity: change(entity, body) }));
  });
  app.get<ById>(`/${collection}/:id`, async (request, reply) => {
    const entity = find(request.params.id);
    return entity ? show(entity) : notFound(reply, request.params.id);
  });
}

type Effect = (body: PortalBody) => { status: number; entity: PortalEntity };

async function write(
  kit: SimulatorKit,
  request: FastifyRequest,
  reply: FastifyReply,
  collection: Collection,
  effect: Effect,
) {
  const parsed = PortalBodies[collection].safeParse(parseBody(request.rawText));
  if (!parsed.success) return reply.code(400).send(describeProblems(parsed.error));
  const { method, url: path, rawText: body } = request;
  const answer = kit.effects.once({ idempotencyKey: idempotencyKeyOf(request), method, path, body }, () => {
    const { status, entity } = effect(parsed.data);
    return { status, entityId: entity.id, body: { id: entity.id, ...numbered(entity), status: entity.status } };
  });
  return reply.code(answer.status).send(answer.body);
}

async function checkAccess(request: FastifyRequest, reply: FastifyReply, { options }: SimulatorKit) {
  const given = Buffer.from(String(request.headers['x-api-key'] ?? ''));
  const expected = Buffer.from(options.apiKey);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    return reply.code(401).send({ error: 'UNAUTHORIZED', message: 'X-API-Key is missing or wrong.' });
  }
  if (!request.headers['x-merchant-id']) {
    return reply.code(400).send({ error: 'BAD_REQUEST', message: 'X-Merchant-Id is missing.' });
  }
}

function idempotencyKeyOf(request: FastifyRequest): string | null {
  const key = request.headers['idempotency-key'];
  return typeof key === 'string' && key !== '' ? key : null;
}

function parseBody(text: string): unknown {
  try {
    return parseExactJson(text);
  } catch {
    return undefined;
  }
}

function describeProblems(error: z.ZodError) {
  const errors = error.issues.map(({ path, message }) => ({ field: path.join('.'), message }));
  return { error: 'VALIDATION_FAILED', message: 'The body is not valid.', errors };
}

function notFound(reply: FastifyReply, id: string) {
  return reply.code(404).send({ error: 'NOT_FOUND', message: `There is no ${id}.` });
}

function newEntity(collection: Collection, number: number, body: PortalBody): PortalEntity {
  const now = new Date().toISOString();
  const prefix = collection === 'orders' ? 'b2b_order' : 'b2b_invoice';
  return {
    collection,
    id: `${prefix}_${number}`,
    trackingNumbers: [],
    paid: null,
    createdAt: now,
    updatedAt: now,
    ...body,
  };
}

/** Takes what was sent; a status that the portal has already left behind does not come back. */
function change(entity: PortalEntity, { status, ...body }: PortalBody): PortalEntity {
  return Object.assign(
    entity,
    body,
    { updatedAt: new Date().toISOString() },
    isBehind(status, entity) ? {} : { status },
  );
}

const COURSE = [
  'PENDING',
  'CONFIRMED',
  'PROCESSING',
  'SHIPPED',
  'DELIVERED',
  'DRAFT',
  'ISSUED',
  'SENT',
  'VIEWED',
  'PAID',
];

function isBehind(status: string, { status: present }: PortalEntity): boolean {
  return COURSE.includes(status) && COURSE.indexOf(status) < COURSE.indexOf(present);
}

function numbered({ collection, number }: PortalEntity) {
  return collection === 'orders' ? { order_number: number } : { invoice_number: number };
}

function exact(amounts: Amounts): Record<string, unknown> {
  return Object.fromEntries(Object.entries(amounts).map(([name, text]) => [name, exactNumber(text)]));
}

function show(entity: PortalEntity): Record<string, unknown> {
  const isOrder = entity.collection === 'orders';
  return {
    id: entity.id,
    ...numbered(entity),
    status: entity.status,
    ...(isOrder
      ? { erp_order_id: entity.erpId, items: entity.lines, tracking_numbers: entity.trackingNumbers }
      : { erp_invoice_id: entity.erpId, order_id: entity.orderId }),
    currency: entity.currency,
    ...exact(entity.amounts),
    ...(entity.paid && { paid_date: entity.paid.date, paid_amount: exactNumber(entity.paid.amount) }),
    created_at: entity.createdAt,
    updated_at: entity.updatedAt,
  };
}
