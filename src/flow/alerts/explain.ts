import type { AlertKind, AlertRule } from './rule.js';

/** Of whom an alert speaks; null: the hub itself. */
export type Subject = {
  integrationId: string;
  name: string;
  lastError: string | null;
  lastFailure?: string;
  order?: AboutOrder;
} | null;

/** An order that an alert is about, and what it says of it. */
export interface AboutOrder {
  orderId: string;
  says: string;
}

interface Explanation {
  /** What is measured, as the subject of a sentence. */
  what: string;
  show(value: number): string;
  /** The system's last error is its cause, or the reason of the last dead letter. */
  blames?: 'lastError' | 'lastFailure';
  advice: string;
  /** An operation of the public schema that mends it, or shows more; of an order's alert by the order's id. */
  remedy(about: string): string;
  /** A query that is to be looked at before it is mended. */
  look?(integrationId: string): string;
}

const waiting = (id: string) =>
  `{ webhookEvents(filter: { integrationId: "${id}", status: [FAILED], errorCode: "UNKNOWN_ENTITY" }) { nodes { id eventType entityType externalId createdAt } } }`;

const percent = (value: number) => `${Math.round(value * 1000) / 10} %`;
const plain = (value: number) => String(Math.round(value * 10) / 10);
const ms = (value: number) => `${Math.round(value)} ms`;
const hours = (value: number) => `${plain(value / 3_600_000)} h`;
const errors = (id: string) => `{ integrationMetrics(integrationId: "${id}") { errors { code count } } }`;
const deadLetters = (id: string) =>
  `mutation { redriveSyncEvents(filter: { integrationId: "${id}", status: [FAILED] }) { affected } }`;
const lookAtDeadLetters = (id: string) =>
  `query { syncEvents(filter: { integrationId: "${id}", status: [FAILED] }) { totalCount nodes { id entityType entityId errorCode errorMessage processedAt } } }`;
const test = (id: string) => `mutation { testConnection(integrationId: "${id}") { ok errorCode errorMessage } }`;

const EXPLANATIONS: Record<AlertKind, Explanation> = {
  ERROR_RATE: {
    what: 'The share of calls that fail',
    show: percent,
    advice: 'See which errors are the most frequent; retries go on by themselves.',
    remedy: errors,
  },
  FAILURE_RATE: {
    what: 'The share of syncs that fail for good',
    show: percent,
    blames: 'lastFailure',
    advice: 'See why in the errors, mend it, and redrive the dead letters.',
    look: lookAtDeadLetters,
    remedy: deadLetters,
  },
  RESPONSE_TIME: {
    what: 'The time of the slowest twentieth of the calls',
    show: ms,
    advice: 'The system answers slowly: ask its operator, or lower the concurrency of the integration.',
    remedy: (id) => `{ integrationMetrics(integrationId: "${id}") { api { durationMs { p50Ms p95Ms p99Ms } } } }`,
  },
  QUEUE_SIZE: {
    what: 'The number of events that wait',
    show: plain,
    advice: 'More comes in than the system takes: raise its rate or concurrency, or add workers.',
    remedy: (id) => `{ integration(id: "${id}") { health { queueDepth oldestPendingSeconds lastError } } }`,
  },
  HUB_QUEUE_SIZE: {
    what: 'The number of events that wait for all systems together',
    show: plain,
    advice: 'See which systems they wait for. If it is all of them, add workers.',
    remedy: () => '{ connectorHealth { integration { id name } health circuit queueDepth oldestPendingSeconds } }',
  },
  RETRY_QUEUE: {
    what: 'The number of entities that wait for another try',
    show: plain,
    blames: 'lastError',
    advice: 'See whether the system is up. They are tried again by themselves.',
    remedy: (id) =>
      `{ syncEvents(filter: { integrationId: "${id}", status: [RETRYING, FAILED] }) { nodes { errorMessage } } }`,
  },
  MEMORY: {
    what: 'The share of memory that the fullest instance uses',
    show: percent,
    advice: 'Give the hub more memory, or add an instance.',
    remedy: () => '{ metrics { system { instances { instance memoryRatio memoryBytes } } } }',
  },
  SECURITY_EVENTS: {
    what: 'The number of failed sign-ins, rejected signatures, refused rights and limited callers in the time that the rule looks at',
    show: plain,
    advice:
      'See who was refused what, and from where. If a sender or a machine has old credentials, give it new ones; if it is an attack, keep its address out.',
    remedy: () => '{ auditLog(filter: { outcome: "REFUSED" }) { nodes { at actor action integrationId details } } }',
  },
  CONNECTOR_DOWN: {
    what: 'The number of health checks that failed in a row',
    show: plain,
    blames: 'lastError',
    advice: 'See whether its system is up, and whether its address and credentials still hold. What waits is kept.',
    remedy: test,
  },
  CIRCUIT_OPEN: {
    what: 'The number of open circuits',
    show: plain,
    blames: 'lastError',
    advice:
      'Check that the system is up and reachable. One event is tried from time to time, and sending resumes by itself when it succeeds.',
    remedy: test,
  },
  UNHEALTHY: {
    what: 'The number of systems that are not healthy',
    show: plain,
    blames: 'lastError',
    advice: 'See whether its system is up, and what its last error says.',
    remedy: test,
  },
  DISCREPANCIES: {
    what: 'The number of differences that the last reconciliation found and nobody has repaired',
    show: plain,
    advice: 'Look at the differences and repair them, one by one or all.',
    remedy: (id) =>
      `{ reconciliationDifferences(filter: { integrationId: "${id}", state: ["OPEN", "FAILED"] }) { nodes { id kind field hereValue thereValue proposedRepair } } }`,
  },
  EXPORT_EXHAUSTED: {
    what: 'The number of dead letters, syncs that have failed for good,',
    show: plain,
    blames: 'lastFailure',
    look: lookAtDeadLetters,
    advice:
      'See the reason of each, mend it, and redrive them, or skip what is not to be sent; what came after them waits.',
    remedy: deadLetters,
  },
  WAITING_WEBHOOKS: {
    what: 'The number of webhooks that wait for an entity that the hub does not know',
    show: plain,
    advice:
      'See what they are about, and bring in what is missing: they are applied by themselves then. If it will never come, dismiss them by `dismissWebhookEvents`.',
    remedy: waiting,
  },
  WAITING_WEBHOOK_AGE: {
    what: 'The time that the oldest webhook has waited for its entity',
    show: hours,
    advice:
      'See what it is about, and bring in what is missing: it is applied by itself then. If it will never come, dismiss it by `dismissWebhookEvents`.',
    remedy: waiting,
  },
  REFUSED_WEBHOOKS: {
    what: 'The number of webhooks that were refused for their signature since one was taken',
    show: plain,
    advice:
      'Its secret was probably changed at the sender: set it here, too, by `updateIntegration`, or by `registerWebhook` where it was registered so. What was refused is not kept: have the sender repeat it, or `startSync` ask for what was missed.',
    remedy: (id) =>
      `{ auditLog(filter: { action: "webhook.refuse", integrationId: "${id}" }, first: 20) { nodes { at details } } }`,
  },
  SYNC_LOOP: {
    what: 'The number of entities that are no longer sent on, since another system and this one answered each other again and again,',
    show: plain,
    advice:
      'Each of its sync events says which fields come back otherwise. Have both systems write those alike by a field mapping, or one of them not tell them; then sync the entity, which begins afresh.',
    remedy: (id) =>
      `{ syncEvents(filter: { integrationId: "${id}", status: [SKIPPED], errorCode: "SYNC_LOOP" }) { nodes { id entityType entityId errorMessage createdAt } } }`,
  },
  PAYMENT_DIFFERS: {
    what: 'The amount by which an order’s confirmed payments differ from its total',
    show: plain,
    advice:
      'It goes its way as a paid order, so look at it before it is shipped. If the rest was paid elsewhere, record that by `createTransaction` with its `orderId`; if the total is wrong, correct it by `updateOrder`; give back what is too much; or cancel the order. It closes by itself when the sum fits, or the order is cancelled or refunded; acknowledge it if it may stay so.',
    remedy: (orderId) =>
      `{ order(id: "${orderId}") { number status currency totals { grandTotal } } transactions(filter: { orderId: "${orderId}" }) { nodes { reference type status amount refunded currency occurredAt } } }`,
  },
};

/** Kinds whose message names the last dead letter's reason. */
export const namesFailure = (kind: AlertKind) => EXPLANATIONS[kind].blames === 'lastFailure';

const REASONS = { lastError: 'Last error', lastFailure: 'The last one' } as const;

/** What an alert says: the measured value beside the rule's, what to do, by which operation, and where that is at hand. */
export function explain(rule: AlertRule, subject: Subject, value: number) {
  const { what, show, advice, remedy, look, blames } = EXPLANATIONS[rule.kind];
  const limit = rule.comparison === 'ABOVE' ? 'above' : 'at least';
  const cause = blames && subject?.[blames];
  const reason = cause ? ` ${REASONS[blames]}: ${cause}` : '';
  const about = subject?.order?.orderId ?? subject?.integrationId ?? '';
  const operation = remedy(about);
  const shown = look
    ? `${look(about).replace('query', 'query LookFirst')}\n\n${operation.replace('mutation', 'mutation ThenMend')}`
    : operation;
  return {
    message:
      subject?.order?.says ??
      `${subject?.name ?? 'The hub'}: ${what.toLowerCase()} is ${show(value)}, ${limit} the limit of ${show(rule.threshold)}.${reason}`,
    advice,
    remedy: operation,
    link: `/graphiql?query=${encodeURIComponent(shown)}`,
  };
}
