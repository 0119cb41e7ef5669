import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { HubError } from '../errors.js';
import { type Phase, requireDatabase, type SystemHealth } from '../flow/watching/read-health.js';
import type { Metrics } from '../metrics.js';
import { Health } from '../model/statuses.js';
import { registerRoute } from './docs/register-route.js';
import { ANYBODY } from './docs/schemes.js';
import { enveloped, success } from './envelope.js';

export interface HealthPages {
  metrics: Metrics;
  /** Any statement; fails while the database is away. */
  pingDatabase(): Promise<unknown>;
  phase(): Phase;
  /** @throws HubError DATABASE_UNAVAILABLE */
  readHealth(): Promise<SystemHealth>;
}

const upstreamHealth = z.object({
  connector: z.string(),
  health: z.enum(Health).meta({ description: 'The worst of its integrations.' }),
  integrations: z.int(),
  openCircuits: z.int(),
  checkedAt: z.iso
    .datetime({ offset: true })
    .nullable()
    .meta({ description: 'When the least recently checked one was checked; null: one never was.' }),
});

/** What {@link SystemHealth} is on the wire. */
export const healthBody = z.object({
  status: z.enum(['HEALTHY', 'DEGRADED']),
  phase: z.enum(['starting', 'ready', 'draining']),
  uptimeSeconds: z.int(),
  components: z.object({
    database: z.object({ health: z.literal('HEALTHY'), latencyMs: z.int(), connections: z.int() }),
    queue: z.object({ active: z.int(), retrying: z.int(), deadLetters: z.int(), overdueMs: z.int() }),
    jobs: z.object({
      health: z.enum(['HEALTHY', 'DEGRADED']),
      total: z.int(),
      running: z.int(),
      paused: z.int(),
      failed: z.array(z.string()).meta({ description: 'Whose last run failed, or whose instance died.' }),
      overdue: z.array(z.string()).meta({ description: 'Those that should have run a minute ago.' }),
    }),
    dispatcher: z.object({
      health: z.enum(['HEALTHY', 'DOWN']),
      instances: z.int().meta({ description: 'That send; 0: nothing is sent.' }),
    }),
    instances: z
      .array(
        z.object({
          instance: z.string(),
          memoryRatio: z.number(),
          memoryBytes: z.number().nullable(),
          cpuRatio: z.number().nullable(),
          reportedAt: z.string(),
        }),
      )
      .meta({ description: 'Those that have reported within a minute.' }),
    upstreams: z.array(upstreamHealth),
  }),
});

const common = { method: 'GET', tag: 'Health', access: ANYBODY } as const;

/**
 * `/livez`: the process answers. `/readyz`: it can work. `/health`: it and everything that it depends on.
 * `/metrics`: Prometheus. None of them needs credentials or shows a merchant's data.
 */
export function registerHealth(server: FastifyInstance, deps: HealthPages): void {
  registerRoute(server, {
    ...common,
    url: '/livez',
    summary: 'Whether the process answers',
    answer: enveloped(z.object({ status: z.literal('alive') })),
    handle: async ({ request }) => success(request, { status: 'alive' as const }),
  });
  registerRoute(server, {
    ...common,
    url: '/readyz',
    summary: 'Whether it can work: started, not stopping, and its database answers',
    answer: enveloped(z.object({ status: z.literal('ready') })),
    errors: ['NOT_READY', 'DATABASE_UNAVAILABLE'],
    handle: async ({ request }) => {
      requirePhase(deps.phase());
      await requireDatabase(deps);
      return success(request, { status: 'ready' as const });
    },
  });
  registerRoute(server, {
    ...common,
    url: '/health',
    summary: 'The hub and everything that it depends on',
    answer: enveloped(healthBody),
    errors: ['DATABASE_UNAVAILABLE'],
    handle: async ({ request }) => success(request, await deps.readHealth()),
  });
  registerMetrics(server, deps);
}

function registerMetrics(server: FastifyInstance, { metrics }: HealthPages): void {
  registerRoute(server, {
    ...common,
    url: '/metrics',
    summary: 'Counters and gauges, as Prometheus reads them',
    answerType: 'text/plain',
    answer: z.string(),
    handle: async ({ reply }) => {
      const { contentType, body } = await metrics.expose();
      reply.type(contentType);
      return body;
    },
  });
}

function requirePhase(phase: Phase): void {
  if (phase === 'ready') return;
  throw new HubError(
    'NOT_READY',
    phase === 'starting' ? 'The hub is starting.' : 'The hub is stopping; ask another one.',
  );
}
