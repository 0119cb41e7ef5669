import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { WaitingWebhooks } from './inbox/waiting-webhooks.js';
import { METRICS, type MetricDefinition } from './model/metric-definitions.js';
import type { NoteSecurityEvent } from './model/security-events.js';
import type { WebhookStatus } from './model/statuses.js';
import type { Attempt } from './outbox/lane.js';
import type { QueueState } from './outbox/queue-states.js';
import type { InstanceLoad, SystemLoad } from './rollup/report-load.js';
import { createRollupGauges, type LastHour } from './rollup/rollup-gauges.js';

/** What the parts of the hub report as they work. Each call is cheap and never throws. */
export interface Metrics {
  /** One try of a sync event ended: what the dispatcher's `onAttempt` takes. */
  attemptEnded(attempt: Attempt, integrationId: string): void;
  /** A webhook, or an event of a poller, was answered. */
  webhookAccepted(webhook: { integrationId: string; status: WebhookStatus; duplicate: boolean }): void;
  securityEventNoted: NoteSecurityEvent;
  /** An HTTP request was answered; `route` is the pattern, never the path with its ids. */
  requestAnswered(request: { method: string; route: string; status: number; durationMs: number }): void;
  /** Everything in Prometheus' text format. Answers without the queue's figures while the database is away. */
  expose(): Promise<{ contentType: string; body: string }>;
}

/** Upstreams answer in tens of milliseconds to half a minute. */
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Read at each scrape; each may be the same for several scrapes within seconds. */
export interface MetricsDeps {
  readQueueStates: () => Promise<readonly QueueState[]>;
  readLastHour: () => Promise<LastHour>;
  readWaitingWebhooks: () => Promise<readonly WaitingWebhooks[]>;
  readSystemLoad: () => Promise<SystemLoad>;
}

/** Counters and histograms of this process, and gauges of the queue, which all processes share. */
export function createMetrics(deps: MetricsDeps): Metrics {
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
  const securityEvents = new Counter({
    ...described(METRICS.securityEvents),
    registers: [registry],
  });
  const requests = new Histogram({
    ...described(METRICS.requests),
    buckets: SECONDS,
    registers: [registry],
  });
  const showDatabase = createDatabaseGauges(registry, deps);
  return {
    attemptEnded: (attempt, integrationId) =>
      attempts.observe(
        { integration: integrationId, entity_type: attempt.event.entityType, outcome: outcomeOf(attempt) },
        attempt.durationMs / 1000,
      ),
    webhookAccepted: ({ integrationId, status, duplicate }) =>
      webhooks.inc({ integration: integrationId, status, duplicate: String(duplicate) }),
    securityEventNoted: (kind) => securityEvents.inc({ kind }),
    requestAnswered: ({ method, route, status, durationMs }) =>
      requests.observe({ method, route, status }, durationMs / 1000),
    expose: async () => {
      await showDatabase();
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

/** Sets a gauge for each thing that is read; one that has gone has none. */
function gaugeOf<Row>(
  registry: Registry,
  definition: MetricDefinition,
  labelOf: (row: Row) => string,
  read: (row: Row) => number,
) {
  const gauge = new Gauge({ ...described(definition), registers: [registry] });
  const [label = ''] = definition.labels;
  return (rows: readonly Row[]) => {
    gauge.reset();
    for (const row of rows) gauge.set(label ? { [label]: labelOf(row) } : {}, read(row));
  };
}

/** Gauges of what is in the database now; what cannot be read is left out. */
function createDatabaseGauges(registry: Registry, deps: MetricsDeps): () => Promise<void> {
  const queue = (definition: MetricDefinition, read: (queue: QueueState) => number) =>
    gaugeOf<QueueState>(registry, definition, ({ integrationId }) => integrationId, read);
  const waiting = (definition: MetricDefinition, read: (one: WaitingWebhooks) => number) =>
    gaugeOf<WaitingWebhooks>(registry, definition, ({ integrationId }) => integrationId, read);
  const instance = (definition: MetricDefinition, read: (one: InstanceLoad) => number) =>
    gaugeOf<InstanceLoad>(registry, definition, (one) => one.instance, read);
  const queues = [
    queue(METRICS.active, ({ active }) => active),
    queue(METRICS.retrying, ({ retrying }) => retrying),
    queue(METRICS.deadLetters, ({ deadLetters }) => deadLetters),
    queue(METRICS.overdue, ({ overdueMs }) => overdueMs / 1000),
    queue(METRICS.circuit, ({ circuit }) => Number(circuit !== 'CLOSED')),
  ];
  const waits = [
    waiting(METRICS.waitingWebhooks, ({ count }) => count),
    waiting(METRICS.oldestWaitingWebhook, ({ oldestMs }) => oldestMs / 1000),
  ];
  const instances = [
    instance(METRICS.memory, ({ memoryRatio }) => memoryRatio),
    instance(METRICS.processor, ({ cpuRatio }) => cpuRatio ?? 0),
  ];
  const connections = gaugeOf<number>(registry, METRICS.connections, String, (count) => count);
  const showRollups = createRollupGauges(registry);
  return async () => {
    const [states, held, load, lastHour] = await Promise.all([
      deps.readQueueStates().catch(() => []),
      deps.readWaitingWebhooks().catch(() => []),
      deps.readSystemLoad().catch(() => null),
      deps.readLastHour().catch(() => ({ integrations: [], connectors: [] })),
    ]);
    for (const show of queues) show(states);
    for (const show of waits) show(held);
    for (const show of instances) show(load?.instances ?? []);
    connections(load ? [load.databaseConnections] : []);
    showRollups(lastHour);
  };
}
