import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { isSameSecret } from '../../model/is-same-secret.js';
import type { SimulatorKit } from '../simulator/kit.js';
import { parseExactJson } from '../text/exact-json.js';
import type { Collection } from './client.js';
import { numbered, PortalBodies, type PortalBody, type PortalEntity, show } from './simulated-shapes.js';

/** What the routes of one collection do. */
export interface CollectionRoutes {
  collection: Collection;
  find(id: string): PortalEntity | undefined;
  create(body: PortalBody): PortalEntity;
  change(entity: PortalEntity, body: PortalBody): PortalEntity;
}

/** Create, update and read, with the portal's checks and its memory of idempotency keys. */
export function registerCollection(
  app: FastifyInstance,
  kit: SimulatorKit,
  { collection, find, create, change }: CollectionRoutes,
): void {
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

/** Answers 401 or 400 to whoever may not come in. */
export async function checkAccess(request: FastifyRequest, reply: FastifyReply, { options }: SimulatorKit) {
  if (!isSameSecret(String(request.headers['x-api-key'] ?? ''), options.apiKey)) {
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
