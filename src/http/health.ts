import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { HubError } from '../errors.js';
import type { Metrics } from '../metrics.js';
import { Health } from '../model/statuses.js';
import type { QueueState } from '../outbox/queue-states.js';
import { registerRoute } from './docs/register-route.js';
import { ANYBODY } from './docs/schemes.js';
import { enveloped, success } from './envelope.js';

export interface HealthDeps {
  metrics: Metrics;
  /** Any statement; fails while the database is away. */
  pingDatabase(): Promise<unknown>;
  /** Served to anybody who asks: let several requests share one reading. */
  readQueueStates(): Promise<readonly QueueState[]>;
  phase(): Phase;
}

/** `starting` until the migrations are done and everything runs; `draining` from the first signal to stop. */
export type Phase = 'starting' | 'ready' | 'draining';

/** One kind of upstream system. Nothing here tells whose it is: the page needs no credentials. */
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
type UpstreamHealth = z.output<typeof upstreamHealth>;

const health = z.object({
  status: z.enum(['HEALTHY', 'DEGRADED']),
  phase: z.enum(['starting', 'ready', 'draining']),
  uptimeSeconds: z.int(),
  components: z.object({
    database: z.object({ health: z.literal('HEALTHY'), latencyMs: z.int() }),
    queue: z.object({ active: z.int(), retrying: z.int(), deadLetters: z.int(), overdueMs: z.int() }),
    upstreams: z.array(upstreamHealth),
  }),
});

/** Longer than this is away: probes have timeouts of their own. */
const PING_MS = 2_000;
const common = { method: 'GET', tag: 'Health', access: ANYBODY } as const;
const WORST_FIRST: readonly Health[] = ['DOWN', 'DEGRADED', 'UNKNOWN', 'HEALTHY'];

/**
 * `/livez`: the process answers. `/readyz`: it can work. `/health`: it and everything that it depends on.
 * `/metrics`: Prometheus. None of them needs credentials or shows a merchant's data.
 */
export function registerHealth(server: FastifyInstance, deps: HealthDeps): void {
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
    answer: enveloped(health),
    errors: ['DATABASE_UNAVAILABLE'],
    handle: async ({ request }) => success(request, await describeHealth(deps)),
  });
  registerMetrics(server, deps);
}

function registerMetrics(server: FastifyInstance, { metrics }: HealthDeps): void {
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

/** Milliseconds that the database took to answer. @throws HubError DATABASE_UNAVAILABLE */
async function requireDatabase({ pingDatabase }: HealthDeps): Promise<number> {
  const startedAt = performance.now();
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`no answer for ${PING_MS} ms`)), PING_MS);
  try {
    await Promise.race([pingDatabase(), late]);
    return Math.round(performance.now() - startedAt);
  } catch (cause) {
    throw new HubError('DATABASE_UNAVAILABLE', 'The database does not answer; the hub goes on when it is back.', {
      cause,
    });
  } finally {
    clearTimeout(timer);
  }
}

async function describeHealth(deps: HealthDeps): Promise<z.output<typeof health>> {
  const latencyMs = await requireDatabase(deps);
  const states = await deps.readQueueStates();
  const upstreams = groupByConnector(states);
  const sum = (read: (state: QueueState) => number) => states.reduce((total, state) => total + read(state), 0);
  const troubled = upstreams.some(({ health }) => health === 'DOWN' || health === 'DEGRADED');
  return {
    status: troubled || deps.phase() !== 'ready' ? 'DEGRADED' : 'HEALTHY',
    phase: deps.phase(),
    uptimeSeconds: Math.round(process.uptime()),
    components: {
      database: { health: 'HEALTHY', latencyMs },
      queue: {
        active: sum((state) => state.active),
        retrying: sum((state) => state.retrying),
        deadLetters: sum((state) => state.deadLetters),
        overdueMs: Math.round(Math.max(0, ...states.map((state) => state.overdueMs))),
      },
      upstreams,
    },
  };
}

function groupByConnector(states: readonly QueueState[]): UpstreamHealth[] {
  return Object.entries(Object.groupBy(states, (state) => state.connector)).map(([connector, group = []]) => ({
    connector,
    health: WORST_FIRST.find((health) => group.some((state) => state.health === health)) ?? 'UNKNOWN',
    integrations: group.length,
    openCircuits: group.filter((state) => state.circuit !== 'CLOSED').length,
    checkedAt: earliest(group.map((state) => state.checkedAt)),
  }));
}

function earliest(times: (string | null)[]): string | null {
  const [first] = times.sort();
  return times.includes(null) || first == null ? null : new Date(first).toISOString();
}
