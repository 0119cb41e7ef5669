import type { Sql } from '../../db/database.js';
import type { RollupRow } from '../../rollup/read-rollups.js';
import { outcomesOf, timingOf } from '../../rollup/summarise.js';
import type { IntegrationFacts } from './facts.js';
import type { Measure } from './judge.js';
import type { AlertKind, AlertRule } from './rule.js';

/** The tally's name for a webhook whose sender is known and whose signature is not good. */
export const REFUSED = 'webhook.refused';

/** A rule that holds for an integration. */
export interface Watched {
  rule: AlertRule;
  facts: IntegrationFacts;
}

/** `$1` and `$2`: integrations and how many milliseconds of each. */
const ASKED = 'with asked as materialized (select * from unnest($1::text[], $2::float8[]) as a (id, window_ms))';

const READ_WINDOWS = `${ASKED}
select a.id, a.window_ms as "windowMs", source, entity_type as "entityType", operation, outcome, error_code as "errorCode",
  http_status as "httpStatus", bucket, sum(count)::float8 as count, sum(sum_ms)::float8 as "sumMs", 0 as "firstCount", 0 as "waitMs"
from asked a join metric_rollups r on r.integration_id = a.id
  and r.period = case when a.window_ms > 7200000 then 'HOUR' else 'MINUTE' end
  and r.at >= date_trunc('minute', now() - a.window_ms * interval '1 ms')
group by 1, 2, 3, 4, 5, 6, 7, 8, 9`;

/** What the last reconciliation found and nobody has repaired since. */
const OPEN_DIFFERENCES = `${ASKED}
select a.id, a.window_ms as "windowMs", (select count(*)::int from reconciliation_differences d
  where d.state in ('OPEN', 'REPAIRING', 'FAILED') and d.reconciliation_id = (
    select r.id from reconciliations r where r.integration_id = a.id and r.state = 'COMPLETE'
    order by r.created_at desc, r.id desc limit 1)) as value
from asked a`;

/** Webhooks whose signature was refused since one was taken: to the minute, so that a stranger's do not ring beside good ones. */
const REFUSED_SINCE = `${ASKED}
select a.id, a.window_ms as "windowMs", coalesce(sum(c.count) filter (where c.source = 'COUNT' and c.operation = '${REFUSED}'
  and c.at > coalesce(c.taken_at, '-infinity')), 0)::float8 as value
from asked a left join lateral (
  select source, operation, at, count, max(at) filter (where source = 'WEBHOOK') over () as taken_at
  from metric_rollups where integration_id = a.id and period = 'MINUTE' and source in ('COUNT', 'WEBHOOK')
    and at >= date_trunc('minute', now() - least(a.window_ms, 7200000) * interval '1 ms')) c on true
group by 1, 2`;

/** Entities that are not sent on there, and of which nothing else was sent there since. */
const STOPPED = `${ASKED}
select a.id, a.window_ms as "windowMs", (select count(distinct s.entity_id)::int from sync_events s
  where s.integration_id = a.id and s.error_code = 'SYNC_LOOP' and s.created_at > now() - a.window_ms * interval '1 ms' and not exists (
    select from sync_events n where n.entity_id = s.entity_id and n.integration_id = s.integration_id and n.id > s.id
      and n.direction = 'OUTBOUND' and n.error_code is distinct from 'SYNC_LOOP')) as value
from asked a`;

/** Kinds that a statement of their own counts. */
const COUNTED: { [Kind in AlertKind]?: string } = {
  DISCREPANCIES: OPEN_DIFFERENCES,
  REFUSED_WEBHOOKS: REFUSED_SINCE,
  SYNC_LOOP: STOPPED,
};

type Of<T> = T & { id: string; windowMs: number };
const keyOf = ({ id, windowMs }: Of<unknown>) => `${id} ${windowMs}`;
const askedBy = ({ rule, facts }: Watched) => ({ id: facts.integrationId, windowMs: rule.windowMs });

/** Kinds that are measured over the rule's window; the others are as they are now. */
const OVER_TIME: readonly AlertKind[] = ['ERROR_RATE', 'FAILURE_RATE', 'RESPONSE_TIME'];

/** What each rule watches of its integration, in their order: few statements, one after the other, however many there are. */
export async function measureAll(sql: Sql, watched: readonly Watched[]): Promise<Measure[]> {
  const read = async <T>(statement: string, kinds: readonly AlertKind[]): Promise<Map<string, Of<T>[]>> => {
    const asked = watched.filter(({ rule }) => kinds.includes(rule.kind)).map(askedBy);
    const each = [...new Map(asked.map((one) => [keyOf(one), one])).values()];
    const values = [each.map(({ id }) => id), each.map(({ windowMs }) => windowMs)];
    return each.length === 0 ? new Map() : Map.groupBy(await sql<Of<T>>(statement, values), keyOf);
  };
  const windows = await read<RollupRow>(READ_WINDOWS, OVER_TIME);
  const counts = new Map<string, number>();
  for (const [kind, statement] of Object.entries(COUNTED))
    for (const [key, [row]] of await read<{ value: number }>(statement, [kind as AlertKind]))
      counts.set(`${kind} ${key}`, row?.value ?? 0);
  return watched.map((one) => {
    const { kind, minSamples: samples } = one.rule;
    const key = keyOf(askedBy(one));
    if (OVER_TIME.includes(kind)) return measureWindow(kind, windows.get(key) ?? []);
    return { value: NOW[kind]?.(one.facts) ?? counts.get(`${kind} ${key}`) ?? 0, samples };
  });
}

function measureWindow(kind: AlertKind, rows: readonly RollupRow[]): Measure {
  if (kind === 'RESPONSE_TIME') {
    const { p95Ms, count } = timingOf(rows.filter(({ source }) => source === 'CALL'));
    return { value: p95Ms, samples: count };
  }
  const outcomes = outcomesOf(rows.filter(({ source }) => source === 'ATTEMPT'));
  if (kind === 'ERROR_RATE') return { value: outcomes.errorRate, samples: outcomes.attempts };
  const ended = outcomes.success + outcomes.failed;
  return { value: ended === 0 ? null : outcomes.failed / ended, samples: ended };
}

/** Kinds that are read from what is known of the integration now. */
const NOW: { [Kind in AlertKind]?: (facts: IntegrationFacts) => number } = {
  WAITING_WEBHOOKS: ({ waitingWebhooks }) => waitingWebhooks,
  WAITING_WEBHOOK_AGE: ({ oldestWaitingWebhookMs }) => oldestWaitingWebhookMs,
  QUEUE_SIZE: ({ active }) => active,
  RETRY_QUEUE: ({ retrying, toRedrive }) => retrying + toRedrive,
  CONNECTOR_DOWN: ({ failedChecks }) => failedChecks,
  CIRCUIT_OPEN: ({ circuit }) => Number(circuit !== 'CLOSED'),
  UNHEALTHY: ({ health }) => Number(health === 'DOWN' || health === 'DEGRADED'),
  EXPORT_EXHAUSTED: ({ deadLetters }) => deadLetters,
};
