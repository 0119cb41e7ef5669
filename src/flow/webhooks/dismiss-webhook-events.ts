import { z } from 'zod';
import type { Caller } from '../../access/caller.js';
import type { Tx } from '../../db/database.js';
import { auditDone } from '../access/audit-done.js';
import { checkInput, label } from '../check-input.js';
import type { Services } from '../services.js';
import type { WebhookEventSelection } from './replay-webhook-events.js';

const reasonSchema = z.object({ reason: label(1000) });
const MOST = 10_000;

/** They stay as they came, so that a replay can still bring them back until they are removed by their age. */
const DISMISS = `
with chosen as (
  select id, status from webhook_events
  where status = 'FAILED'
    and ($1::text is null or merchant_id = $1) and ($2::text[] is null or status = any ($2))
    and ($3::text is null or integration_id = $3) and ($4::text is null or event_type = $4)
    and ($5::text is null or entity_type = $5) and ($6::text is null or entity_id = $6)
    and ($7::text is null or external_id = $7) and ($8::text is null or error_code = $8)
    and ($9::timestamptz is null or created_at >= $9) and ($10::timestamptz is null or created_at <= $10)
  order by created_at, id limit ${MOST} for update
), dismissed as (
  update webhook_events w set status = 'IGNORED', error_message = $11, processed_at = clock_timestamp()
  from chosen c where w.id = c.id
  returning w.id, w.merchant_id, w.integration_id, w.entity_type, w.entity_id, w.event_type, w.error_code
), told as (
  insert into changes (kind, merchant_id, entity_type, entity_id, integration_id, data)
  select 'webhook_event.status_changed', merchant_id, entity_type, coalesce(entity_id, id), integration_id,
    jsonb_build_object('webhookEventId', id, 'eventType', event_type, 'previousStatus', 'FAILED', 'newStatus', 'IGNORED',
      'errorCode', error_code)
  from dismissed
)
select count(*)::int as count from dismissed`;

/**
 * Ends the wait of webhook events that failed, or whose entity will never come: they become IGNORED with the reason. Answers
 * how many, at most 10,000 a call.
 * @throws HubError BAD_USER_INPUT
 */
export async function dismissWebhookEvents(
  services: Services,
  caller: Caller,
  selection: WebhookEventSelection,
  input: { reason: string },
): Promise<number> {
  const { reason } = checkInput(reasonSchema, input);
  return services.db.transaction(async (tx) => {
    const affected = await dismiss(tx, caller, selection, `Dismissed by ${caller.subject}: ${reason}`);
    tx.afterCommit(() => services.feed.wake());
    const { merchantId } = caller;
    const details = { filter: selection, reason, affected };
    const { integrationId } = selection;
    await auditDone(tx, caller, { action: 'webhook_event.dismiss', merchantId, integrationId, details });
    return affected;
  });
}

async function dismiss(tx: Tx, { merchantId }: Caller, one: WebhookEventSelection, message: string): Promise<number> {
  const about = [one.entityType, one.entityId, one.externalId, one.errorCode];
  const filters = [one.status, one.integrationId, one.eventType, ...about, one.createdFrom, one.createdTo];
  const values = [merchantId, ...filters.map((value) => value ?? null), message];
  const [row] = await tx.sql<{ count: number }>(DISMISS, values);
  return row?.count ?? 0;
}
