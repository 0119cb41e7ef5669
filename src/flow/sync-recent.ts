import type { Caller } from '../access/caller.js';
import { HubError } from '../errors.js';
import type { Sendable } from './find-recipients.js';
import type { OpenIntegration } from './integrations.js';
import type { Services } from './services.js';
import { syncEntity } from './sync-entity.js';

/** What a scheduled sync looks at: transactions of the last day, subscriptions that are alive. */
export type ScheduledType = Extract<Sendable['entityType'], 'TRANSACTION' | 'BILLING_SUBSCRIPTION'>;

const PAGE = 50;

const RECENT: Record<ScheduledType, string> = {
  TRANSACTION: `select id from transactions where merchant_id = $1 and id > $2
    and (occurred_at > now() - interval '24 hours' or updated_at > now() - interval '24 hours') order by id limit ${PAGE}`,
  BILLING_SUBSCRIPTION: `select id from billing_subscriptions where merchant_id = $1 and id > $2
    and (status in ('TRIALING', 'ACTIVE', 'PAST_DUE') or updated_at > now() - interval '24 hours') order by id limit ${PAGE}`,
};

const HUB: Caller = {
  subject: 'hub',
  role: 'operator',
  merchantId: null,
  permissions: [],
  via: 'hub',
  expiresAt: null,
};

/** Whether an integration takes part in scheduled syncs of this kind. */
export function isScheduled({ connector, settings }: OpenIntegration, entityType: ScheduledType): boolean {
  const { enableAutoSync } = settings as { enableAutoSync?: boolean };
  return enableAutoSync === true && connector.sends.includes(entityType);
}

/** Sends, in batches of 50, what is not in step there; one that is refused holds up no other. Answers how many were looked at. */
export async function syncRecent(
  services: Services,
  { id: integrationId, merchantId }: OpenIntegration,
  entityType: ScheduledType,
  signal: AbortSignal,
): Promise<number> {
  let looked = 0;
  for (let after = ''; !signal.aborted; ) {
    const { rows } = await services.db.pool.query<{ id: string }>(RECENT[entityType], [merchantId, after]);
    await Promise.all(
      rows.map(({ id }) => syncEntity(services, HUB, entityType, { id, integrationId }).catch(unlessExpected)),
    );
    looked += rows.length;
    if (rows.length < PAGE) break;
    after = rows.at(-1)?.id ?? after;
  }
  return looked;
}

function unlessExpected(error: unknown): void {
  if (!(error instanceof HubError)) throw error;
}
