import type { Sql } from '../../db/database.js';
import { ERRORS, type ErrorCode } from '../../errors.js';
import type { Services } from '../services.js';

/** How often a dead letter is put back without anybody asking, where its connector says nothing of it, and how old it may be. */
const USUAL = { most: 10, baseMs: 0 };
const MOST_AGE = '7 days';
const PAGE = 1000;

const RETRYABLE = (Object.keys(ERRORS) as ErrorCode[]).filter((code) => ERRORS[code].retryable);

/** `$1` codes of errors that may go away; `$2` to `$4` as {@link readRedriveRules} answers. */
const REDRIVABLE = `from lanes l join sync_events e on e.lane_id = l.id and e.seq = l.head + 1
join unnest($2::text[], $3::int[], $4::int[]) as r (integration_id, most, base_ms) on r.integration_id = e.integration_id
where l.parked and e.status = 'FAILED' and e.error_code = any($1) and e.created_at > now() - interval '${MOST_AGE}'
  and e.attempt_count < e.max_attempts * (r.most + 1)`;

const DUE = `select e.id::text ${REDRIVABLE} and e.id > $5
  and e.processed_at <= now() - r.base_ms * 2 ^ greatest(e.attempt_count / e.max_attempts - 1, 0) * interval '1 ms'
order by e.id limit ${PAGE}`;

const COUNT = `select e.integration_id as id, count(*)::int as count ${REDRIVABLE}
  and ($5::text[] is null or e.integration_id = any($5)) group by 1`;

const NO_FURTHER_SELECTION = {
  merchantId: null,
  integrationId: null,
  entityType: null,
  entityId: null,
  errorCodes: RETRYABLE,
  createdFrom: null,
  createdTo: null,
};

/** What a round of retries came to. */
export interface RetriedFailures {
  redriven: number;
  /** Webhook events that waited for an entity that is there by now. */
  applied: number;
}

/**
 * Puts dead letters back whose error may have gone away by itself, each as often as its connector has it and for 7 days,
 * and applies the webhook events that wait although their entity is known. Those of a connector that fails for good stay.
 * Harmless to repeat; `signal` ends it between two pages.
 */
export async function retryFailed(services: Services, signal?: AbortSignal): Promise<RetriedFailures> {
  let redriven = 0;
  const rules = await readRedriveRules(services);
  for (let after = '0'; !signal?.aborted; ) {
    const { rows } = await services.db.pool.query<{ id: string }>(DUE, [RETRYABLE, ...rules, after]);
    const ids = rows.map(({ id }) => id);
    if (ids.length > 0) {
      redriven += await services.db.transaction((tx) => services.outbox.redrive(tx, { ...NO_FURTHER_SELECTION, ids }));
    }
    if (ids.length < PAGE) break;
    after = ids.at(-1) ?? after;
  }
  return { redriven, applied: await services.inbox.applyStragglers() };
}

/** Ids of the integrations, how often each redrives, and its first delay in milliseconds. */
export type RedriveRules = readonly [string[], number[], number[]];

/** How many dead letters of these integrations are still to be put back by {@link retryFailed}, by their ids; null: of all. */
export async function countToRedrive(
  sql: Sql,
  rules: RedriveRules,
  integrationIds: readonly string[] | null,
): Promise<Map<string, number>> {
  const rows = await sql<{ id: string; count: number }>(COUNT, [RETRYABLE, ...rules, integrationIds]);
  return new Map(rows.map(({ id, count }) => [id, count]));
}

export async function readRedriveRules({ integrations }: Pick<Services, 'integrations'>): Promise<RedriveRules> {
  const open = (await integrations.all()).filter(({ connector }) => !connector.failsForGood);
  const rules = open.map(({ connector, settings }) => connector.redrives?.(settings) ?? USUAL);
  return [open.map(({ id }) => id), rules.map(({ most }) => most), rules.map(({ baseMs }) => baseMs)];
}
