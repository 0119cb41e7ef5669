import type { Sql } from '../../db/database.js';

/** What a rule may watch. Each kind is one measure of one integration, or of the hub as a whole ({@link HUB_KINDS}). */
export const AlertKind = {
  ERROR_RATE: 'ERROR_RATE',
  FAILURE_RATE: 'FAILURE_RATE',
  RESPONSE_TIME: 'RESPONSE_TIME',
  QUEUE_SIZE: 'QUEUE_SIZE',
  HUB_QUEUE_SIZE: 'HUB_QUEUE_SIZE',
  RETRY_QUEUE: 'RETRY_QUEUE',
  MEMORY: 'MEMORY',
  SECURITY_EVENTS: 'SECURITY_EVENTS',
  CONNECTOR_DOWN: 'CONNECTOR_DOWN',
  CIRCUIT_OPEN: 'CIRCUIT_OPEN',
  UNHEALTHY: 'UNHEALTHY',
  DISCREPANCIES: 'DISCREPANCIES',
  EXPORT_EXHAUSTED: 'EXPORT_EXHAUSTED',
  WAITING_WEBHOOKS: 'WAITING_WEBHOOKS',
  WAITING_WEBHOOK_AGE: 'WAITING_WEBHOOK_AGE',
  REFUSED_WEBHOOKS: 'REFUSED_WEBHOOKS',
  SYNC_LOOP: 'SYNC_LOOP',
  PAYMENT_DIFFERS: 'PAYMENT_DIFFERS',
} as const;
export type AlertKind = keyof typeof AlertKind;
export const KINDS = Object.keys(AlertKind) as AlertKind[];

/** The kind that is judged of each order by itself. */
export const ORDER_KIND = 'PAYMENT_DIFFERS' satisfies AlertKind;

/** Kinds that are of no integration. */
export const HUB_KINDS: ReadonlySet<AlertKind> = new Set(['MEMORY', 'HUB_QUEUE_SIZE', 'SECURITY_EVENTS']);

export const AlertComparison = { ABOVE: 'ABOVE', AT_LEAST: 'AT_LEAST' } as const;
export type AlertComparison = keyof typeof AlertComparison;

export const AlertSeverity = { WARNING: 'WARNING', CRITICAL: 'CRITICAL' } as const;
export type AlertSeverity = keyof typeof AlertSeverity;

/** When somebody is to be told. Of several rules of a kind the one for the integration wins, then its connector's. */
export interface AlertRule {
  id: string;
  kind: AlertKind;
  /** Null: of every connector. */
  connector: string | null;
  integrationId: string | null;
  comparison: AlertComparison;
  /** In the measure's unit: a share of 0 to 1, milliseconds, or a number of things. */
  threshold: number;
  /** An open alert closes only below this, so that a value on the edge does not ring all the time. */
  clearThreshold: number;
  /** Over how long rates and times are measured. */
  windowMs: number;
  /** Rates and times of fewer calls open no alert. */
  minSamples: number;
  severity: AlertSeverity;
  enabled: boolean;
  /** Whether people are told, beside the feed. */
  notify: boolean;
}

const READ = `select id, kind, connector, integration_id as "integrationId", comparison, threshold,
  clear_threshold as "clearThreshold", window_ms as "windowMs", min_samples as "minSamples", severity, enabled, notify
from alert_rules where kind = any($1) order by id`;

/** Those of kinds that this version knows: while the hub is upgraded, a newer one may have made others already. */
export function readAlertRules(sql: Sql): Promise<AlertRule[]> {
  return sql<AlertRule>(READ, [KINDS]);
}

const READ_UNKNOWN = 'select distinct kind from alert_rules where kind <> all($1) order by kind';

/** Kinds that only a newer version knows. */
export async function readUnknownKinds(sql: Sql): Promise<string[]> {
  return (await sql<{ kind: string }>(READ_UNKNOWN, [KINDS])).map(({ kind }) => kind);
}

/** The rules that hold for an integration, one of each kind; switched off ones too, since they hide wider ones. */
export function rulesFor(rules: readonly AlertRule[], integration: { id: string; connector: string }): AlertRule[] {
  const fitting = rules.filter(
    ({ kind, integrationId, connector }) =>
      !HUB_KINDS.has(kind) &&
      (integrationId === null || integrationId === integration.id) &&
      (connector === null || connector === integration.connector),
  );
  const narrowness = ({ integrationId, connector }: AlertRule) => (integrationId ? 2 : connector ? 1 : 0);
  const narrowFirst = fitting.toSorted((a, b) => narrowness(b) - narrowness(a));
  return narrowFirst.filter(({ kind }, at) => narrowFirst.findIndex((other) => other.kind === kind) === at);
}
