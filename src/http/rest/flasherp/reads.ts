import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { HubContext } from '../../../../schema/context.js';
import { registerRoute } from '../../docs/register-route.js';
import { enveloped, success } from '../../envelope.js';
import type { ContextOf } from '../context-of.js';
import { paged, pageQuery, paginationOf } from '../paging.js';
import { type ListOf, readPage } from '../read-page.js';
import { runOrThrow } from '../run-or-throw.js';
import * as bodies from './bodies.js';
import { find, toConfig } from './find-integration.js';
import * as operations from './operations.js';
import { FLASHERP_PATH, flashErpRoute, registerPlain } from './plain-route.js';
import * as words from './words.js';

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
const instant = z.iso.datetime({ offset: true }).optional();
const auditQuery = pageQuery.extend({
  action: z.string().optional(),
  status: z
    .enum(['initiated', 'success', 'failed'], 'must be initiated, success or failed')
    .optional()
    .meta({ description: '`initiated`: what began and goes on; later entries and the sync history tell its end.' }),
  outcome: z.enum(['OK', 'REFUSED', 'FAILED']).optional(),
  userId: z.string().optional().meta({ description: 'Who did it.' }),
  entityId: z.string().optional(),
  ...{ from: instant, to: instant },
});

interface WantedPage<Row, Shown> {
  list: ListOf;
  filter: Record<string, unknown>;
  page: { page: number; limit: number };
  show(row: Row): Shown;
}

/** Rows F8 and F9. */
export function registerReads(scope: FastifyInstance, contextOf: ContextOf): void {
  registerStatus(scope, contextOf);
  registerMetrics(scope, contextOf);
  const list = { ...flashErpRoute, method: 'GET', authorize: contextOf, errors: ['NOT_FOUND'] } as const;
  registerRoute(scope, {
    ...list,
    url: `${FLASHERP_PATH}/sync-history`,
    summary: 'Syncs, newest first',
    query: historyQuery,
    answer: paged(bodies.syncShown),
    handle: async ({ context, query, request }) => {
      const filter = {
        integrationId: (await find(context)).id,
        ...(query.status && { status: query.status }),
        ...(query.sourceType && { entityType: query.sourceType }),
      };
      return answerPage(context, { list: operations.HISTORY, filter, page: query, show: words.toSync }, request);
    },
  });
  registerRoute(scope, {
    ...list,
    url: `${FLASHERP_PATH}/audit-logs`,
    summary: 'Who did what, newest first',
    query: auditQuery,
    answer: paged(bodies.auditShown),
    handle: async ({ context, query, request }) => {
      const { page: _, limit: __, status, userId: actor, ...wanted } = query;
      const meant = status && words.AUDIT_FILTERS[status];
      const filter = { integrationId: (await find(context)).id, ...wanted, actor, ...meant };
      return answerPage(context, { list: operations.AUDIT, filter, page: query, show: words.toAuditLog }, request);
    },
  });
}

function registerStatus(scope: FastifyInstance, contextOf: ContextOf): void {
  registerPlain(scope, contextOf, {
    method: 'GET',
    url: `${FLASHERP_PATH}/status`,
    summary: 'Whether FlashERP is healthy, degraded or down, and what waits',
    shape: bodies.statusShown,
    answer: async (context) => {
      const integration = await find(context);
      const { statistics } = await runOrThrow<Pick<z.output<typeof bodies.statusShown>, 'statistics'>>(
        context,
        operations.STATISTICS,
        {},
      );
      return { ...toConfig(integration), health: integration.health, statistics };
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
    answer: enveloped(bodies.metricsShown),
    errors: ['NOT_FOUND'],
    handle: async ({ context, query, request }) => {
      const { id } = await find(context);
      const { metrics } = await runOrThrow<{ metrics: words.ShownMetrics }>(context, operations.METRICS, {
        id,
        ...query,
      });
      return success(request, words.toMetrics(metrics));
    },
  });
}

/** The page of a list, as it is shown, in its envelope. */
async function answerPage<Row, Shown>(
  context: HubContext,
  { list, filter, page: { page, limit }, show }: WantedPage<Row, Shown>,
  request: FastifyRequest,
) {
  const { nodes, totalCount } = await readPage<Row>(context, list, { filter, page, limit });
  return { ...success(request, nodes.map(show)), pagination: paginationOf(totalCount, { page, limit }) };
}
