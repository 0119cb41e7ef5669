import type { Sql } from '../../db/database.js';
import { readWaitingWebhooks } from '../../inbox/waiting-webhooks.js';
import { type QueueState, readQueueStates } from '../../outbox/queue-states.js';
import { countToRedrive, type RedriveRules } from '../sync/retry-failed.js';

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
where i.enabled and i.deleted_at is null and ($1::text[] is null or i.id = any($1))`;

/** The enabled ones of these integrations as they stand now; null: of all. */
export async function readFacts(
  sql: Sql,
  redrives: RedriveRules,
  integrationIds: readonly string[] | null,
): Promise<IntegrationFacts[]> {
  const states = await readQueueStates(sql, integrationIds);
  const rows = await sql<IntegrationFacts>(READ_MORE, [integrationIds]);
  const waiting = await readWaitingWebhooks(sql, integrationIds);
  const redrivable = await countToRedrive(sql, redrives, integrationIds);
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
