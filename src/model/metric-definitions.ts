/** One measure that the hub tells of, in Prometheus and in the schema. */
export interface MetricDefinition {
  name: string;
  kind: 'COUNTER' | 'HISTOGRAM' | 'GAUGE';
  help: string;
  labels: readonly string[];
  /** Where the schema has the same, over all instances. */
  field: string;
}

/** Every measure of the hub's own, beside those of the roll-ups; one that is in neither is not told. */
export const METRICS = {
  attempts: {
    name: 'syncline_sync_attempt_duration_seconds',
    kind: 'HISTOGRAM',
    help: 'Time of one attempt of a sync event, by its outcome: success, retry, or failed for good.',
    labels: ['integration', 'entity_type', 'outcome'],
    field: 'metrics.syncs',
  },
  webhooks: {
    name: 'syncline_webhooks_total',
    kind: 'COUNTER',
    help: 'Webhook events received, by what became of them.',
    labels: ['integration', 'status', 'duplicate'],
    field: 'metrics.webhooks',
  },
  securityEvents: {
    name: 'syncline_security_events_total',
    kind: 'COUNTER',
    help: 'Failed sign-ins, rejected signatures, refused rights and limited callers.',
    labels: ['kind'],
    field: 'metrics.securityEvents',
  },
  requests: {
    name: 'syncline_http_request_duration_seconds',
    kind: 'HISTOGRAM',
    help: 'Time from an HTTP request to its answer.',
    labels: ['method', 'route', 'status'],
    field: '',
  },
  active: {
    name: 'syncline_active_sync_events',
    kind: 'GAUGE',
    help: 'Sync events that are not finished, without dead letters.',
    labels: ['integration'],
    field: 'metrics.queue.active',
  },
  retrying: {
    name: 'syncline_retrying_sync_events',
    kind: 'GAUGE',
    help: 'Active sync events whose last attempt failed.',
    labels: ['integration'],
    field: 'metrics.queue.retrying',
  },
  deadLetters: {
    name: 'syncline_dead_letters',
    kind: 'GAUGE',
    help: 'Sync events that failed for good and wait for a person.',
    labels: ['integration'],
    field: 'metrics.queue.deadLetters',
  },
  overdue: {
    name: 'syncline_queue_overdue_seconds',
    kind: 'GAUGE',
    help: 'How long the most overdue work has been waiting for a worker.',
    labels: ['integration'],
    field: 'metrics.queue.overdueMs',
  },
  circuit: {
    name: 'syncline_circuit_open',
    kind: 'GAUGE',
    help: '1 while calls are held back because the upstream keeps failing.',
    labels: ['integration'],
    field: 'connectorHealth.circuit',
  },
  waitingWebhooks: {
    name: 'syncline_waiting_webhooks',
    kind: 'GAUGE',
    help: 'Webhook events that wait for an entity that the hub does not know yet.',
    labels: ['integration'],
    field: 'metrics.queue.waitingWebhooks',
  },
  oldestWaitingWebhook: {
    name: 'syncline_oldest_waiting_webhook_seconds',
    kind: 'GAUGE',
    help: 'How long the webhook event that came first has been waiting for its entity.',
    labels: ['integration'],
    field: 'metrics.queue.oldestWaitingWebhookMs',
  },
  memory: {
    name: 'syncline_memory_ratio',
    kind: 'GAUGE',
    help: 'Memory of an instance, of what it may have.',
    labels: ['instance'],
    field: 'metrics.system.instances.memoryRatio',
  },
  processor: {
    name: 'syncline_cpu_ratio',
    kind: 'GAUGE',
    help: 'Processor time of an instance, of all processors.',
    labels: ['instance'],
    field: 'metrics.system.instances.cpuRatio',
  },
  connections: {
    name: 'syncline_database_connections',
    kind: 'GAUGE',
    help: 'Sessions on the database, of all instances.',
    labels: [],
    field: 'metrics.system.databaseConnections',
  },
} as const satisfies Record<string, MetricDefinition>;
