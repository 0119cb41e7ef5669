import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { DocumentNode } from 'graphql';
import { z } from 'zod';
import type { HubContext } from '../../../schema/context.js';
import { HubError } from '../../errors.js';
import { SyncEventStatus } from '../../model/statuses.js';
import { registerRoute } from '../docs/register-route.js';
import { success } from '../envelope.js';
import { FLASHERP_PATH, find, flashErpRoute, route, toConfig } from './flasherp-common.js';
import type { Listed } from './flasherp-operations.js';
import * as operations from './flasherp-operations.js';
import { paged, pageQuery } from './pages.js';
import type { ContextOf } from './portal-sync-routes.js';
import { run } from './run.js';

/** How far back pages by number go; further back is for the cursors of the schema. */
const MOST_ROWS = 10_000;

const anything = z.record(z.string(), z.unknown());
const historyQuery = pageQuery.extend({
  status: z
    .string()
    .transform((text) => text.toUpperCase())
    .pipe(z.enum(SyncEventStatus))
    .optional(),
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
      const { statistics } = await run<{ statistics: unknown[] }>(context, operations.METRICS, {});
      return { ...toConfig(integration), health: integration.health, statistics };
    },
  });
  const list = { ...flashErpRoute, method: 'GET', authorize: contextOf, answer: paged(anything) } as const;
  registerRoute(scope, {
    ...list,
    url: `${FLASHERP_PATH}/sync-history`,
    summary: 'Syncs, newest first',
    query: historyQuery,
    handle: async ({ context, query, request }) => {
      const filter = { integrationId: (await find(context)).id, ...(query.status && { status: [query.status] }) };
      return readPage(context, operations.HISTORY, filter, query, request);
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
      return readPage(context, operations.AUDIT, filter, query, request);
    },
  });
}

/** The schema's lists go by cursors: those before the page are walked over. */
async function readPage(
  context: HubContext,
  document: DocumentNode,
  filter: Record<string, unknown>,
  { page, limit }: Page,
  request: FastifyRequest,
) {
  if (page * limit > MOST_ROWS) {
    throw new HubError('BAD_USER_INPUT', `Pages go back ${MOST_ROWS} rows: narrow the filter.`, { path: ['page'] });
  }
  let after: string | null = null;
  for (let number = 1; ; number += 1) {
    const answer: Listed = await run<Listed>(context, document, { filter, first: limit, after });
    const { totalCount: total, nodes, pageInfo }: Listed['list'] = answer.list;
    const pagination = { page, limit, total, totalPages: Math.ceil(total / limit) };
    if (number === page) return { ...success(request, nodes), pagination };
    if (!pageInfo.hasNextPage) return { ...success(request, []), pagination };
    after = pageInfo.endCursor;
  }
}
