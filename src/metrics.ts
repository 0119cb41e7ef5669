import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { WebhookStatus } from './model/statuses.js';
import type { Attempt } from './outbox/lane.js';
import type { QueueState } from './outbox/queue-states.js';

/** What the parts of the hub report as they work. Each call is cheap and never throws. */
export interface Metrics {
  /** One try of a sync event ended: what the dispatcher's `onAttempt` takes. */
  attemptEnded(attempt: Attempt, integrationId: string): void;
  /** A webhook, or an event of a poller, was answered. */
  webhookAccepted(webhook: { integrationId: string; status: WebhookStatus; duplicate: boolean }): void;
  /** An HTTP request was answered; `route` is the pattern, never the path with its ids. */
  requestAnswered(request: { method: string; route: string; status: number; durationMs: number }): void;
  /** Everything in Prometheus' text format. Answers without the queue's figures while the database is away. */
  expose(): Promise<{ contentType: string; body: string }>;
}

/** Upstreams answer in tens of milliseconds to half a minute. */
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

export interface MetricsDeps {
  /** Read at each scrape; may be the same for several scrapes within seconds. */
  readQueueStates: () => Promise<readonly QueueState[]>;
}

/** Counters and histograms of this process, and gauges of the queue, which all processes share. */
export function createMetrics({ readQueueStates }: MetricsDeps): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const attempts = new Histogram({
    name: 'syncline_sync_attempt_duration_seconds',
    help: 'Time of one attempt of a sync event, by its outcome: success, retry, or failed for good.',
    labelNames: ['integration', 'entity_type', 'outcome'],
    buckets: SECONDS,
    registers: [registry],
  });
  const webhooks = new Counter({
    name: 'syncline_webhooks_total',
    help: 'Webhook events received, by what became of them.',
    labelNames: ['integration', 'status', 'duplicate'],
    registers: [registry],
  });
  const requests = new Histogram({
    name: 'syncline_http_request_duration_seconds',
    help: 'Time from an HTTP request to its answer.',
    labelNames: ['method', 'route', 'status'],
    buckets: SECONDS,
    registers: [registry],
  });
  const showQueues = createQueueGauges(registry);
  return {
    attemptEnded: (attempt, integrationId) =>
      attempts.observe(
        { integration: integrationId, entity_type: attempt.event.entityType, outcome: outcomeOf(attempt) },
        attempt.durationMs / 1000,
      ),
    webhookAccepted: ({ integrationId, status, duplicate }) =>
      webhooks.inc({ integration: integrationId, status, duplicate: String(duplicate) }),
    requestAnswered: ({ method, route, status, durationMs }) =>
      requests.observe({ method, route, status }, durationMs / 1000),
    expose: async () => {
      showQueues(await readQueueStates().catch(() => []));
      return { contentType: registry.contentType, body: await registry.metrics() };
    },
  };
}

function outcomeOf({ event, result }: Attempt): 'success' | 'retry' | 'failed' {
  if (result.kind === 'delivered') return 'success';
  const left = event.maxAttempts - (event.attempt - event.forgiven);
  return result.kind === 'retry' && left > 0 ? 'retry' : 'failed';
}

const QUEUE_GAUGES = [
  ['active_sync_events', 'Sync events that are not finished, without dead letters.', (q) => q.active],
  ['retrying_sync_events', 'Active sync events whose last attempt failed.', (q) => q.retrying],
  ['dead_letters', 'Sync events that failed for good and wait for a person.', (q) => q.deadLetters],
  ['queue_overdue_seconds', 'How long the most overdue work has been waiting for a worker.', (q) => q.overdueMs / 1000],
  [
    'circuit_open',
    '1 while calls are held back because the upstream keeps failing.',
    (q) => Number(q.circuit !== 'CLOSED'),
  ],
] as const satisfies [string, string, (queue: QueueState) => number][];

/** Gauges of what is in the database now; an integration that has gone has none. */
function createQueueGauges(registry: Registry): (queues: readonly QueueState[]) => void {
  const gauges = QUEUE_GAUGES.map(([name, help, read]) => ({
    gauge: new Gauge({ name: `syncline_${name}`, help, labelNames: ['integration'], registers: [registry] }),
    read,
  }));
  return (queues) => {
    for (const { gauge, read } of gauges) {
      gauge.reset();
      for (const queue of queues) gauge.set({ integration: queue.integrationId }, read(queue));
    }
  };
}
