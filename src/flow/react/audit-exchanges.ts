import { audit, type NewAuditEntry } from '../../access/audit.js';
import { parseExactJson } from '../../connectors/text/exact-json.js';
import type { Tx } from '../../db/database.js';
import { integrationOf } from './integration-of.js';
import type { Reaction } from './reaction.js';

/**
 * `$1` the sync event: its attempts that are not in the audit log yet, with what was asked and answered, secrets masked as
 * they are in the attempt. Who asked is whoever was audited in the transaction that made the event.
 */
const ATTEMPTS = `
insert into audit_entries (merchant_id, actor, action, entity_type, entity_id, integration_id, outcome, details, request_id,
  duration_ms)
select e.merchant_id, coalesce(asked.actor, 'hub'), 'sync.attempt', e.entity_type, e.entity_id, e.integration_id,
  case a.outcome when 'DELIVERED' then 'OK' else 'FAILED' end,
  jsonb_build_object('syncEventId', e.id::text, 'attempt', a.number, 'operation', e.operation, 'startedAt', a.started_at,
    'idempotencyKey', e.idempotency_key, 'httpStatus', a.http_status, 'errorCode', a.error_code,
    'errorMessage', a.error_message, 'request', a.request, 'response', a.response),
  asked.request_id, a.duration_ms
from sync_events e join sync_attempts a on a.sync_event_id = e.id
left join lateral (
  select x.actor, x.request_id from audit_entries x
  where x.entity_id = e.entity_id and x.at = e.created_at order by x.id desc limit 1) asked on true
where e.id = $1 and not exists (
  select from audit_entries x where x.entity_id = e.entity_id and x.action = 'sync.attempt'
    and x.details ->> 'syncEventId' = e.id::text and x.details -> 'attempt' = to_jsonb(a.number))
order by a.number`;

const WEBHOOK = `select merchant_id as "merchantId", integration_id as "integrationId", entity_type as "entityType",
  coalesce(entity_id, id) as "entityId", case status when 'FAILED' then 'FAILED' else 'OK' end as outcome,
  jsonb_build_object('webhookEventId', id, 'eventId', event_id, 'eventType', event_type, 'status', status,
    'errorCode', error_code, 'request', payload, 'response', answer)::text as details,
  round(extract(epoch from processed_at - created_at) * 1000)::int as "durationMs"
from webhook_events where id = $1`;

type WebhookEntry = Omit<NewAuditEntry, 'actor' | 'action' | 'details'> & { integrationId: string; details: string };

/** By way of `audit`, which masks secrets: a body is kept as it was received. */
async function auditWebhook(tx: Tx, id: unknown): Promise<void> {
  const [entry] = await tx.sql<WebhookEntry>(WEBHOOK, [id]);
  if (!entry) return;
  const details = parseExactJson(entry.details) as Record<string, unknown>;
  await audit(tx.sql, { ...entry, details, actor: entry.integrationId, action: 'webhook.receive' });
}

const OUTCOMES = new Set<unknown>(['SUCCESS', 'RETRYING', 'FAILED']);

/** Each exchange with a system that wants it so stands in the audit log, which nobody can change and nothing removes. */
export const auditExchanges: Reaction = {
  name: 'audit-exchanges',
  async concerns(services, change) {
    const { kind, data } = change;
    const isAttempt = kind === 'sync_event.status_changed' && OUTCOMES.has(data['newStatus']);
    if (!isAttempt && kind !== 'webhook_event.status_changed') return false;
    return (await integrationOf(services, change))?.connector.auditsExchanges === true;
  },
  async react({ tx }, { kind, syncEventId, data }) {
    if (kind === 'webhook_event.status_changed') await auditWebhook(tx, data['webhookEventId']);
    else if (syncEventId !== null) await tx.sql(ATTEMPTS, [syncEventId]);
  },
};
