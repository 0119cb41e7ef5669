import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { METRICS, type MetricDefinition } from './model/metric-definitions.js';
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
    ...described(METRICS.attempts),
    buckets: SECONDS,
    registers: [registry],
  });
  const webhooks = new Counter({
    ...described(METRICS.webhooks),
    registers: [registry],
  });
  const requests = new Histogram({
    ...described(METRICS.requests),
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

const described = ({ name, help, labels }: MetricDefinition) => ({ name, help, labelNames: [...labels] });

const QUEUE_GAUGES: readonly [MetricDefinition, (queue: QueueState) => number][] = [
  [METRICS.active, (queue) => queue.active],
  [METRICS.retrying, (queue) => queue.retrying],
  [METRICS.deadLetters, (queue) => queue.deadLetters],
  [METRICS.overdue, (queue) => queue.overdueMs / 1000],
  [METRICS.circuit, (queue) => Number(queue.circuit !== 'CLOSED')],
];

/** Gauges of what is in the database now; an integration that has gone has none. */
function createQueueGauges(registry: Registry): (queues: readonly QueueState[]) => void {
  const gauges = QUEUE_GAUGES.map(([definition, read]) => ({
    gauge: new Gauge({ ...described(definition), registers: [registry] }),
    read,
  }));
  return (queues) => {
    for (const { gauge, read } of gauges) {
      gauge.reset();
      for (const queue of queues) gauge.set({ integration: queue.integrationId }, read(queue));
    }
  };
}
