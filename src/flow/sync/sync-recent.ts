import { BATCH, syncBatch } from '../full-sync/sync-batch.js';
import type { OpenIntegration } from '../integrations/open-integration.js';
import type { Sendable } from '../sendable.js';
import type { Services } from '../services.js';

/** What a scheduled sync looks at: transactions of the last day, subscriptions that are alive. */
export type ScheduledType = Extract<Sendable['entityType'], 'TRANSACTION' | 'BILLING_SUBSCRIPTION'>;

const RECENT: Record<ScheduledType, string> = {
  TRANSACTION: `select id from transactions where merchant_id = $1 and id > $2
    and (occurred_at > now() - interval '24 hours' or updated_at > now() - interval '24 hours') order by id limit ${BATCH}`,
  BILLING_SUBSCRIPTION: `select id from billing_subscriptions where merchant_id = $1 and id > $2
    and (status in ('TRIALING', 'ACTIVE', 'PAST_DUE') or updated_at > now() - interval '24 hours') order by id limit ${BATCH}`,
};

/**
 * Whether the hub's own job syncs this kind there: by the clock where the system takes it and has no timetable of its own,
 * and wherever it is taken when somebody asks.
 */
export function isScheduled(
  { connector, settings }: OpenIntegration,
  entityType: ScheduledType,
  asked: boolean,
): boolean {
  if (!connector.sends.includes(entityType)) return false;
  const { enableAutoSync } = settings as { enableAutoSync?: boolean };
  return asked || (enableAutoSync === true && !connector.timetable);
}

/** Sends, in batches of 50, what is not in step there; one that is refused holds up no other. Answers how many were looked at. */
export async function syncRecent(
  services: Services,
  { id: integrationId, merchantId }: OpenIntegration,
  signal: AbortSignal,
  entityType: ScheduledType,
): Promise<number> {
  let looked = 0;
  for (let after = ''; !signal.aborted; ) {
    const { rows } = await services.db.pool.query<{ id: string }>(RECENT[entityType], [merchantId, after]);
    await syncBatch(
      services,
      integrationId,
      entityType,
      rows.map(({ id }) => id),
    );
    looked += rows.length;
    if (rows.length < BATCH) break;
    after = rows.at(-1)?.id ?? after;
  }
  return looked;
}
