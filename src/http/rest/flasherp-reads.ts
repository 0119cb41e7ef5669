import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { DocumentNode } from 'graphql';
import { z } from 'zod';
import type { HubContext } from '../../../schema/context.js';
import { HubError } from '../../errors.js';
import { registerRoute } from '../docs/register-route.js';
import { enveloped, success } from '../envelope.js';
import { FLASHERP_PATH, find, flashErpRoute, route, toConfig } from './flasherp-common.js';
import type { Listed } from './flasherp-operations.js';
import * as operations from './flasherp-operations.js';
import * as words from './flasherp-words.js';
import { paged, pageQuery } from './pages.js';
import type { ContextOf } from './portal-sync-routes.js';
import { run } from './run.js';

/** How far back pages by number go; further back is for the cursors of the schema. */
const MOST_ROWS = 10_000;

const anything = z.record(z.string(), z.unknown());
const historyQuery = pageQuery.extend({
  status: z
    .string()
    .transform((text, issues) => {
      const states = words.statesOf(text);
      if (states) return states;
      issues.addIssue({ code: 'custom', message: 'must be pending, syncing, synced, failed or skipped' });
      return z.NEVER;
    })
    .optional(),
  sourceType: z
    .enum(words.SOURCE_TYPES, `must be ${words.SOURCE_TYPES.join(', ')}`)
    .optional()
    .transform((text) => text && words.entityTypeOf(text)),
});
const timeQuery = z.object({
  from: z.iso.datetime({ offset: true }).optional().meta({ description: 'Left out: a day before `to`.' }),
  to: z.iso.datetime({ offset: true }).optional().meta({ description: 'Left out: now.' }),
});
const auditQuery = pageQuery.extend({ action: z.string().optional(), outcome: z.string().optional() });
type Page = { page: number; limit: number };

/** Rows F8 and F9. */
export function registerFlashErpReads(scope: FastifyInstance, contextOf: ContextOf): void {
  route(scope, contextOf, {
    method: 'GET',
    url: `${FLASHERP_PATH}/status`,
    summary: 'Whether FlashERP is healthy, degraded or down, and what waits',
    answer: async (context) => {
      const integration = await find(context);
      const { statistics } = await run<{ statistics: unknown[] }>(context, operations.STATISTICS, {});
      return { ...toConfig(integration), health: integration.health, statistics };
    },
  });
  registerMetrics(scope, contextOf);
  const list = { ...flashErpRoute, method: 'GET', authorize: contextOf, answer: paged(anything) } as const;
  registerRoute(scope, {
    ...list,
    url: `${FLASHERP_PATH}/sync-history`,
    summary: 'Syncs, newest first',
    query: historyQuery,
    handle: async ({ context, query, request }) => {
      const filter = {
        integrationId: (await find(context)).id,
        ...(query.status && { status: query.status }),
        ...(query.sourceType && { entityType: query.sourceType }),
      };
      return readPage(context, operations.HISTORY, filter, query, request, words.toSync);
    },
  });
  registerRoute(scope, {
    ...list,
    url: `${FLASHERP_PATH}/audit-logs`,
    summary: 'Who did what, newest first',
    query: auditQuery,
    handle: async ({ context, query, request }) => {
      const { page: _, limit: __, ...wanted } = query;
      const filter = { integrationId: (await find(context)).id, ...wanted };
      return readPage(context, operations.AUDIT, filter, query, request, words.toAuditLog);
    },
  });
}

/** Row F10. */
function registerMetrics(scope: FastifyInstance, contextOf: ContextOf): void {
  registerRoute(scope, {
    ...flashErpRoute,
    method: 'GET',
    url: `${FLASHERP_PATH}/metrics`,
    summary: 'How syncs went: success rate, duration, errors by code, webhooks, latency',
    authorize: contextOf,
    query: timeQuery,
    answer: enveloped(z.unknown()),
    errors: ['NOT_FOUND'],
    handle: async ({ context, query, request }) => {
      const { id } = await find(context);
      const { metrics } = await run<{ metrics: words.ShownMetrics }>(context, operations.METRICS, { id, ...query });
      return success(request, words.toMetrics(metrics));
    },
  });
}

/** The schema's lists go by cursors: those before the page are walked over. */
async function readPage<Row>(
  context: HubContext,
  document: DocumentNode,
  filter: Record<string, unknown>,
  { page, limit }: Page,
  request: FastifyRequest,
  show: (row: Row) => unknown,
) {
  if (page * limit > MOST_ROWS) {
    throw new HubError('BAD_USER_INPUT', `Pages go back ${MOST_ROWS} rows: narrow the filter.`, { path: ['page'] });
  }
  let after: string | null = null;
  for (let number = 1; ; number += 1) {
    const answer: Listed<Row> = await run<Listed<Row>>(context, document, { filter, first: limit, after });
    const { totalCount: total, nodes, pageInfo }: Listed<Row>['list'] = answer.list;
    const pagination = { page, limit, total, totalPages: Math.ceil(total / limit) };
    if (number === page) return { ...success(request, nodes.map(show)), pagination };
    if (!pageInfo.hasNextPage) return { ...success(request, []), pagination };
    after = pageInfo.endCursor;
  }
}
