import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { HubError } from '../../../errors.js';
import { registerRoute } from '../../docs/register-route.js';
import { enveloped, success } from '../../envelope.js';
import type { ContextOf } from '../context-of.js';
import { INTEGRATIONS_PATH, integrationId, integrationRoute } from '../integration-route.js';
import { runOrThrow } from '../run-or-throw.js';
import { summaryBody } from './figures-body.js';
import { systemHealthBody, toSystemHealthBody } from './health-bodies.js';
import { HEALTH, type SystemHealthData } from './health-operations.js';
import {
  metricsBody,
  type SummaryData,
  systemMetricsBody,
  toMetricsBody,
  toSummaryBody,
  toSystemMetricsBody,
} from './metric-bodies.js';
import {
  INTEGRATION_METRICS,
  type IntegrationMetricsData,
  SUMMARIES,
  SYSTEM_METRICS,
  type SystemMetricsData,
} from './metric-operations.js';

const LAST_DAY = 'Rates and times are of the last 24 hours, over all instances of the hub.';
const time = z.iso.datetime({ offset: true }).optional();

const summariesQuery = z.object({
  period: z
    .enum(['day', 'week'])
    .default('day')
    .meta({ description: 'Days and weeks are of UTC; weeks begin on Monday.' }),
  from: time,
  to: time,
  connector: z.string().optional(),
  integrationId: z.string().optional(),
});

/** Rows G11, G12 and G27: how the hub and its integrations do. */
export function registerWatching(scope: FastifyInstance, contextOf: ContextOf): void {
  registerSystem(scope, contextOf);
  registerSummaries(scope, contextOf);
  registerMetrics(scope, contextOf);
}

function registerSummaries(scope: FastifyInstance, contextOf: ContextOf): void {
  registerRoute(scope, {
    ...integrationRoute,
    method: 'GET',
    url: `${INTEGRATIONS_PATH}/system/metrics/summaries`,
    summary: 'Figures day by day or week by week, also of times whose events are gone',
    description: 'By default the last 12. Those without anything are left out.',
    authorize: contextOf,
    query: summariesQuery,
    answer: enveloped(z.array(summaryBody)),
    errors: ['NOT_FOUND'],
    handle: async ({ context, query, request }) => {
      const variables = { ...query, period: query.period.toUpperCase() };
      const { metricSummaries } = await runOrThrow<{ metricSummaries: SummaryData[] }>(context, SUMMARIES, variables);
      return success(request, metricSummaries.map(toSummaryBody));
    },
  });
}

function registerSystem(scope: FastifyInstance, contextOf: ContextOf): void {
  registerRoute(scope, {
    ...integrationRoute,
    method: 'GET',
    url: `${INTEGRATIONS_PATH}/system/health`,
    summary: 'Every integration’s health, the worst first of all, and all that `/health` tells of the hub',
    authorize: contextOf,
    answer: enveloped(systemHealthBody),
    handle: async ({ context, request }) =>
      success(request, toSystemHealthBody(await runOrThrow<SystemHealthData>(context, HEALTH, {}))),
  });
  registerRoute(scope, {
    ...integrationRoute,
    method: 'GET',
    url: `${INTEGRATIONS_PATH}/system/metrics`,
    summary: 'Figures of the whole hub',
    description: LAST_DAY,
    authorize: contextOf,
    answer: enveloped(systemMetricsBody),
    handle: async ({ context, request }) =>
      success(request, toSystemMetricsBody(await runOrThrow<SystemMetricsData>(context, SYSTEM_METRICS, {}))),
  });
}

function registerMetrics(scope: FastifyInstance, contextOf: ContextOf): void {
  registerRoute(scope, {
    ...integrationRoute,
    method: 'GET',
    url: `${INTEGRATIONS_PATH}/:id/metrics`,
    summary: 'Figures of one integration',
    description: LAST_DAY,
    authorize: contextOf,
    params: integrationId,
    answer: enveloped(metricsBody),
    errors: ['NOT_FOUND'],
    handle: async ({ context, params, request }) => {
      const { connectorHealth, metrics } = await runOrThrow<IntegrationMetricsData>(
        context,
        INTEGRATION_METRICS,
        params,
      );
      const own = connectorHealth.find(({ integration }) => integration.id === params.id);
      if (!own) throw new HubError('NOT_FOUND', `There is no integration ${params.id}.`, { path: ['id'] });
      return success(request, toMetricsBody(own, metrics));
    },
  });
}
