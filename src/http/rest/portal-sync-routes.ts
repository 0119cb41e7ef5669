import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { HubContext } from '../../../schema/context.js';
import { HubError } from '../../errors.js';
import { checkInput } from '../../flow/check-input.js';
import { EntityType } from '../../model/statuses.js';
import { success } from '../envelope.js';
import { toEntityBody, toEventBody, toStatisticsBody } from './portal-bodies.js';
import {
  type EntityData,
  type EventData,
  INTEGRATIONS,
  INVOICE,
  ORDER,
  PENDING,
  STATISTICS,
  type StatisticsData,
  SYNC_INVOICE,
  SYNC_ORDER,
} from './portal-sync-operations.js';
import { run } from './run.js';

/** Who asks, as an operation of the schema needs to know it. */
export type ContextOf = (request: FastifyRequest) => Promise<HubContext>;

const PATH = '/api/v1/b2b/sync';
const NOUNS = {
  orders: { noun: 'Order', read: ORDER, sync: SYNC_ORDER },
  invoices: { noun: 'Invoice', read: INVOICE, sync: SYNC_INVOICE },
} as const;
type Collection = keyof typeof NOUNS;

const idSchema = z.object({ id: z.string() });

const LIMIT = 'must be a whole number from 1 to 100';

const pendingSchema = z.object({
  entityType: z
    .string()
    .transform((text) => text.toUpperCase())
    .pipe(z.enum(EntityType))
    .optional(),
  limit: z.coerce.number(LIMIT).int(LIMIT).min(1, LIMIT).max(100, LIMIT).default(50),
});

const syncSchema = z
  .object({ force: z.boolean().nullish(), integrationId: z.string().nullish(), idempotencyKey: z.string().nullish() })
  .nullish();

/** Rows B13–B16: the portal's sync state, for admins. */
export function registerPortalSync(scope: FastifyInstance, contextOf: ContextOf): void {
  registerCollection(scope, contextOf, 'orders');
  registerCollection(scope, contextOf, 'invoices');
  scope.get(`${PATH}/pending`, async (request) => {
    const context = await contextOf(request);
    const variables = checkInput(pendingSchema, request.query);
    const { syncEvents } = await run<{ syncEvents: { nodes: EventData[] } }>(context, PENDING, variables);
    return success(request, syncEvents.nodes.map(toEventBody));
  });
  scope.get(`${PATH}/statistics`, async (request) => {
    const context = await contextOf(request);
    const { syncStatistics } = await run<{ syncStatistics: StatisticsData[] }>(context, STATISTICS, {});
    return success(request, toStatisticsBody(syncStatistics));
  });
}

function registerCollection(scope: FastifyInstance, contextOf: ContextOf, collection: Collection): void {
  const { noun, sync } = NOUNS[collection];
  scope.get(`${PATH}/${collection}/:id`, async (request) => {
    const entity = await find(await contextOf(request), collection, request.params);
    return success(request, toEntityBody(noun, entity));
  });
  scope.post(`${PATH}/${collection}/:id/sync`, async (request) => {
    const context = await contextOf(request);
    const wanted = checkInput(syncSchema, request.body);
    const entity = await find(context, collection, request.params);
    const integrationId = wanted?.integrationId ?? (await portalOf(context, entity.merchantId));
    const input = { ...wanted, id: entity.id, integrationId };
    const data = await run<{ sync: { syncEvent: EventData } }>(context, sync, { input });
    return success(request, { [`erp${noun}Id`]: entity.id, syncEvent: toEventBody(data.sync.syncEvent) });
  });
}

async function find(context: HubContext, collection: Collection, params: unknown): Promise<EntityData> {
  const { id } = checkInput(idSchema, params);
  const { noun, read } = NOUNS[collection];
  const { entity } = await run<{ entity: EntityData | null }>(context, read, { id });
  if (!entity) throw new HubError('NOT_FOUND', `There is no ${noun.toLowerCase()} ${id}.`, { path: ['id'] });
  return entity;
}

/** The merchant's one integration with the portal; null leaves it to the mutation to say what is wrong. */
async function portalOf(context: HubContext, merchantId: string): Promise<string | null> {
  const { integrations } = await run<{ integrations: { id: string; merchantId: string }[] }>(context, INTEGRATIONS, {});
  const [only, another] = integrations.filter((integration) => integration.merchantId === merchantId);
  return only && !another ? only.id : null;
}
