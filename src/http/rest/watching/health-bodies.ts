import { z } from 'zod';
import { CircuitState, Health } from '../../../model/statuses.js';
import { healthBody } from '../../health.js';
import type { HealthData, SystemHealthData } from './health-operations.js';

export const upstreamBody = z.object({
  integrationId: z.string(),
  name: z.string(),
  connector: z.string(),
  status: z.enum(Health),
  circuit: z.enum(CircuitState),
  checkedAt: z.string().nullable(),
  responseTimeMs: z.int().nullable(),
  successRate: z.number().nullable(),
  errorRate: z.number().nullable(),
  queueDepth: z.int(),
  oldestPendingSeconds: z.int().nullable(),
  lastError: z.string().nullable(),
});

export function toUpstreamBody(data: HealthData): z.output<typeof upstreamBody> {
  const { integration, health, latencyMs, successRate, ...rest } = data;
  return {
    ...rest,
    integrationId: integration.id,
    name: integration.name,
    connector: integration.connector,
    status: health,
    responseTimeMs: latencyMs,
    successRate,
    errorRate: successRate === null ? null : Number((1 - successRate).toFixed(4)),
  };
}

export const systemHealthBody = z.object({
  status: z.enum(Health),
  integrations: z.array(upstreamBody),
  queue: z.object({ depth: z.int(), oldestPendingSeconds: z.int().nullable() }),
  ...healthBody.omit({ status: true }).shape,
});

const WORST_FIRST: readonly Health[] = ['DOWN', 'DEGRADED', 'UNKNOWN', 'HEALTHY'];

export function toSystemHealthBody({
  connectorHealth: data,
  systemHealth,
}: SystemHealthData): z.output<typeof systemHealthBody> {
  const { status: own, ...rest } = systemHealth;
  const enabled = data.filter(({ integration }) => integration.enabled);
  const ages = data.flatMap(({ oldestPendingSeconds }) => oldestPendingSeconds ?? []);
  return {
    ...rest,
    status: WORST_FIRST.find((health) => own === health || enabled.some((one) => one.health === health)) ?? 'HEALTHY',
    integrations: data.map(toUpstreamBody),
    queue: {
      depth: data.reduce((depth, { queueDepth }) => depth + queueDepth, 0),
      oldestPendingSeconds: ages.length > 0 ? Math.max(...ages) : null,
    },
  };
}
