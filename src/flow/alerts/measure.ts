import { type Sql, sqlOn } from '../../db/database.js';
import { readWaitingWebhooks } from '../../inbox/waiting-webhooks.js';
import { type QueueState, readQueueStates } from '../../outbox/queue-states.js';
import type { RollupRow } from '../../rollup/read-rollups.js';
import { outcomesOf, timingOf } from '../../rollup/summarise.js';
import type { Services } from '../services.js';
import { countToRedrive } from '../sync/retry-failed.js';
import type { Measure } from './judge.js';
import type { AlertKind, AlertRule } from './rule.js';

/** The tally's name for a webhook whose sender is known and whose signature is not good. */
export const REFUSED = 'webhook.refused';

/** What is known of one integration, for whichever rule asks. */
export interface IntegrationFacts extends QueueState {
  name: string;
  merchantId: string;
  /** Health checks that failed in a row. */
  failedChecks: number;
  lastError: string | null;
  /** Dead letters that are put back by themselves. */
  toRedrive: number;
  /** Webhooks that wait for an entity that the hub does not know, and how long the oldest does. */
  waitingWebhooks: number;
  oldestWaitingWebhookMs: number;
}

const READ_MORE = `
select i.id as "integrationId", i.name, i.merchant_id as "merchantId", coalesce(g.failed_checks, 0) as "failedChecks",
  g.last_error as "lastError"
from integrations i left join integration_gates g on g.integration_id = i.id
where i.enabled and i.deleted_at is null`;

/** Every enabled integration as it stands now. */
export async function readFacts(services: Pick<Services, 'db' | 'integrations'>): Promise<IntegrationFacts[]> {
  const { db } = services;
  const [states, { rows }, waiting, redrivable] = await Promise.all([
    readQueueStates(db.pool),
    db.pool.query<IntegrationFacts>(READ_MORE),
    readWaitingWebhooks(sqlOn(db.pool)),
    countToRedrive(services),
  ]);
  const more = new Map(rows.map((row) => [row.integrationId, row]));
  const waitingOf = new Map(waiting.map((one) => [one.integrationId, one]));
  return states.flatMap((state) => {
    const rest = more.get(state.integrationId);
    const { count = 0, oldestMs = 0 } = waitingOf.get(state.integrationId) ?? {};
    const toRedrive = redrivable.get(state.integrationId) ?? 0;
    const waits = { waitingWebhooks: count, oldestWaitingWebhookMs: oldestMs };
    return rest ? [{ ...state, ...rest, ...waits, toRedrive }] : [];
  });
}

const READ_WINDOW = `
select source, entity_type as "entityType", operation, outcome, error_code as "errorCode", http_status as "httpStatus", bucket,
  sum(count)::float8 as count, sum(sum_ms)::float8 as "sumMs", 0 as "firstCount", 0 as "waitMs"
from metric_rollups
where integration_id = $1 and period = case when $2 > 7200000 then 'HOUR' else 'MINUTE' end
  and at >= date_trunc('minute', now() - $2 * interval '1 ms') group by 1, 2, 3, 4, 5, 6, 7`;

/** Kinds that are measured over the rule's window; the others are as they are now. */
const OVER_TIME = new Set<AlertKind>(['ERROR_RATE', 'FAILURE_RATE', 'RESPONSE_TIME']);

/** What the last reconciliation found and nobody has repaired since. */
const OPEN_DIFFERENCES = `select count(*)::int as value from reconciliation_differences d
where d.state in ('OPEN', 'REPAIRING', 'FAILED') and d.reconciliation_id = (
  select r.id from reconciliations r where r.integration_id = $1 and r.state = 'COMPLETE'
  order by r.created_at desc, r.id desc limit 1)`;

/** Webhooks whose signature was refused since one was taken: to the minute, so that a stranger's do not ring beside good ones. */
const REFUSED_SINCE = `
with counted as (select source, operation, at, count from metric_rollups where integration_id = $1 and period = 'MINUTE'
  and source in ('COUNT', 'WEBHOOK') and at >= date_trunc('minute', now() - least($2, 7200000) * interval '1 ms'))
select coalesce(sum(count), 0)::float8 as value from counted
where source = 'COUNT' and operation = '${REFUSED}' and at > coalesce((select max(at) from counted where source = 'WEBHOOK'), '-infinity')`;

/** Entities that are not sent on there, and of which nothing else was sent there since. */
const STOPPED = `select count(distinct s.entity_id)::int as value from sync_events s
where s.integration_id = $1 and s.error_code = 'SYNC_LOOP' and s.created_at > now() - $2 * interval '1 ms' and not exists (
  select from sync_events n where n.entity_id = s.entity_id and n.integration_id = s.integration_id and n.id > s.id
    and n.direction = 'OUTBOUND' and n.error_code is distinct from 'SYNC_LOOP')`;

/** What the rule watches of this integration. */
export async function measure(sql: Sql, rule: AlertRule, facts: IntegrationFacts): Promise<Measure> {
  if (rule.kind === 'DISCREPANCIES') {
    const [found] = await sql<{ value: number }>(OPEN_DIFFERENCES, [facts.integrationId]);
    return { value: found?.value ?? 0, samples: rule.minSamples };
  }
  if (rule.kind === 'REFUSED_WEBHOOKS') {
    const [refused] = await sql<{ value: number }>(REFUSED_SINCE, [facts.integrationId, rule.windowMs]);
    return { value: refused?.value ?? 0, samples: rule.minSamples };
  }
  if (rule.kind === 'SYNC_LOOP') {
    const [stopped] = await sql<{ value: number }>(STOPPED, [facts.integrationId, rule.windowMs]);
    return { value: stopped?.value ?? 0, samples: rule.minSamples };
  }
  if (!OVER_TIME.has(rule.kind)) return { value: valueNow(rule.kind, facts), samples: rule.minSamples };
  const rows = await sql<RollupRow>(READ_WINDOW, [facts.integrationId, rule.windowMs]);
  if (rule.kind === 'RESPONSE_TIME') {
    const { p95Ms, count } = timingOf(rows.filter(({ source }) => source === 'CALL'));
    return { value: p95Ms, samples: count };
  }
  const outcomes = outcomesOf(rows.filter(({ source }) => source === 'ATTEMPT'));
  if (rule.kind === 'ERROR_RATE') return { value: outcomes.errorRate, samples: outcomes.attempts };
  const ended = outcomes.success + outcomes.failed;
  return { value: ended === 0 ? null : outcomes.failed / ended, samples: ended };
}

function valueNow(kind: AlertKind, facts: IntegrationFacts): number {
  if (kind === 'WAITING_WEBHOOKS') return facts.waitingWebhooks;
  if (kind === 'WAITING_WEBHOOK_AGE') return facts.oldestWaitingWebhookMs;
  if (kind === 'QUEUE_SIZE') return facts.active;
  if (kind === 'RETRY_QUEUE') return facts.retrying + facts.toRedrive;
  if (kind === 'CONNECTOR_DOWN') return facts.failedChecks;
  if (kind === 'CIRCUIT_OPEN') return Number(facts.circuit !== 'CLOSED');
  if (kind === 'UNHEALTHY') return Number(facts.health === 'DOWN' || facts.health === 'DEGRADED');
  return facts.deadLetters;
}
