import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { HubContext } from '../../../../schema/context.js';
import { HubError } from '../../../errors.js';
import { EntityType } from '../../../model/statuses.js';
import { registerRoute } from '../../docs/register-route.js';
import { CALLERS } from '../../docs/schemes.js';
import { enveloped, success } from '../../envelope.js';
import type { ContextOf } from '../context-of.js';
import { runOrThrow } from '../run-or-throw.js';
import {
  eventBody,
  invoiceBody,
  orderBody,
  statisticsBody,
  toEntityBody,
  toEventBody,
  toStatisticsBody,
} from './bodies.js';
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
} from './operations.js';

const PATH = '/api/v1/b2b/sync';
const NOUNS = {
  orders: { noun: 'Order', read: ORDER, sync: SYNC_ORDER, body: orderBody },
  invoices: { noun: 'Invoice', read: INVOICE, sync: SYNC_INVOICE, body: invoiceBody },
} as const;
type Collection = keyof typeof NOUNS;

const common = { tag: 'B2B Portal', access: CALLERS } as const;
const ROLE = 'Needs the role `admin`.';

const idSchema = z.object({ id: z.string().meta({ description: 'The hub’s own id.' }) });

const LIMIT = 'must be a whole number from 1 to 100';

const limit = z.coerce
  .number(LIMIT)
  .int(LIMIT)
  .min(1, LIMIT)
  .max(100, LIMIT)
  .default(50)
  .meta({ description: 'Most events to list.' });

const stateSchema = z.object({
  limit,
  after: z.string().optional().meta({ description: '`nextCursor` of the answer before.' }),
});

const pendingSchema = z.object({
  entityType: z
    .string()
    .transform((text) => text.toUpperCase())
    .pipe(z.enum(EntityType))
    .optional()
    .meta({ description: '`order` or `invoice`; both when left out.' }),
  limit,
});

const syncSchema = z
  .object({
    force: z.boolean().nullish().meta({ description: 'Also send what is in step.' }),
    integrationId: z
      .string()
      .nullish()
      .meta({ description: 'Default: the merchant’s one integration with the portal.' }),
    idempotencyKey: z.string().nullish().meta({ description: 'The same key again answers the same event.' }),
  })
  .nullish();

/** Rows B13–B16: the portal's sync state, for admins. */
export function registerPortalSync(scope: FastifyInstance, contextOf: ContextOf): void {
  registerState(scope, contextOf, 'orders');
  registerStart(scope, contextOf, 'orders');
  registerState(scope, contextOf, 'invoices');
  registerStart(scope, contextOf, 'invoices');
  registerRoute(scope, {
    ...common,
    method: 'GET',
    url: `${PATH}/pending`,
    summary: 'Sync events that wait, are being sent, or will be tried again',
    description: ROLE,
    authorize: contextOf,
    query: pendingSchema,
    answer: enveloped(z.array(eventBody)),
    handle: async ({ context, query, request }) => {
      const { syncEvents } = await runOrThrow<{ syncEvents: { nodes: EventData[] } }>(context, PENDING, query);
      return success(request, syncEvents.nodes.map(toEventBody));
    },
  });
  registerRoute(scope, {
    ...common,
    method: 'GET',
    url: `${PATH}/statistics`,
    summary: 'Sync events of the last 30 days, counted by state',
    description: ROLE,
    authorize: contextOf,
    answer: enveloped(statisticsBody),
    handle: async ({ context, request }) => {
      const { syncStatistics } = await runOrThrow<{ syncStatistics: StatisticsData[] }>(context, STATISTICS, {});
      return success(request, toStatisticsBody(syncStatistics));
    },
  });
}

function registerState(scope: FastifyInstance, contextOf: ContextOf, collection: Collection): void {
  const { noun, body } = NOUNS[collection];
  registerRoute(scope, {
    ...common,
    method: 'GET',
    url: `${PATH}/${collection}/:id`,
    summary: `Sync state of one ${noun.toLowerCase()}, with its events`,
    description: ROLE,
    authorize: contextOf,
    params: idSchema,
    query: stateSchema,
    answer: enveloped<typeof orderBody | typeof invoiceBody>(body),
    errors: ['NOT_FOUND'],
    handle: async ({ context, params, query, request }) =>
      success(request, toEntityBody(noun, await find(context, collection, params.id, query))),
  });
}

function registerStart(scope: FastifyInstance, contextOf: ContextOf, collection: Collection): void {
  const { noun, sync } = NOUNS[collection];
  registerRoute(scope, {
    ...common,
    method: 'POST',
    url: `${PATH}/${collection}/:id/sync`,
    summary: `Sends one ${noun.toLowerCase()} to the portal now`,
    description: ROLE,
    authorize: contextOf,
    params: idSchema,
    body: syncSchema,
    answer: enveloped(z.object({ syncEvent: eventBody }).catchall(z.string())),
    errors: ['NOT_FOUND', 'UNKNOWN_INTEGRATION', 'INTEGRATION_DISABLED', 'UNSUPPORTED', 'IDEMPOTENCY_KEY_REUSED'],
    handle: async ({ context, params, body: wanted, request }) => {
      const entity = await find(context, collection, params.id, { limit: 1 });
      const integrationId = wanted?.integrationId ?? (await portalOf(context, entity.merchantId));
      const input = { ...wanted, id: entity.id, integrationId };
      const data = await runOrThrow<{ sync: { syncEvent: EventData } }>(context, sync, { input });
      return success(request, { [`erp${noun}Id`]: entity.id, syncEvent: toEventBody(data.sync.syncEvent) });
    },
  });
}

async function find(
  context: HubContext,
  collection: Collection,
  id: string,
  events: z.infer<typeof stateSchema>,
): Promise<EntityData> {
  const { noun, read } = NOUNS[collection];
  const { entity } = await runOrThrow<{ entity: EntityData | null }>(context, read, { id, ...events });
  if (!entity) throw new HubError('NOT_FOUND', `There is no ${noun.toLowerCase()} ${id}.`, { path: ['id'] });
  return entity;
}

/** The merchant's one integration with the portal; null leaves it to the mutation to say what is wrong. */
async function portalOf(context: HubContext, merchantId: string): Promise<string | null> {
  const { integrations } = await runOrThrow<{ integrations: { id: string; merchantId: string }[] }>(
    context,
    INTEGRATIONS,
    {},
  );
  const [only, another] = integrations.filter((integration) => integration.merchantId === merchantId);
  return only && !another ? only.id : null;
}
