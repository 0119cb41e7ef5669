import { Migration } from '@mikro-orm/migrations';

/**
 * Why an entity is stuck, as a chain of causes for each integration, and the whole story of one, requests and answers
 * included. Both are found by the entity's id alone, and nothing of them is stored.
 */
export class Blockers extends Migration {
  override up(): void {
    this.addSql(BLOCKERS);
    this.addSql(TIMELINE);
  }
}

/** Of a lane that waits: what waits (1), what holds it up (2 to 5), what went wrong (6), what is uncertain (7). */
const OF_LANES = `
select 'link:' || k.id || ':' || c.place as id, k.merchant_id, k.entity_type, k.entity_id, k.integration_id, c.place,
  c.code, c.message, c.since, c.next_step, c.next_at, c.mutation, c.variables
from links k
join integrations i on i.id = k.integration_id and i.deleted_at is null
join lanes l on l.id = k.id and l.owner is null and l.tail > l.head
cross join lateral (select * from sync_events s where s.lane_id = l.id and s.seq > l.head order by s.seq limit 1) e
left join integration_gates g on g.integration_id = i.id
left join lateral (
  select o.entity_type, o.entity_id, w.since from lane_waits w join links o on o.id = w.link_id
  where w.lane_id = l.id order by w.since limit 1) d on true
cross join lateral (
  select e.status = 'FAILED' as dead, e.status = 'RETRYING' as retrying,
    not i.enabled and e.status <> 'FAILED' as disabled,
    coalesce(g.circuit <> 'CLOSED', false) and e.status <> 'FAILED' as paused,
    coalesce(g.hold_until > now(), false) and e.status <> 'FAILED' as held,
    coalesce(e.next_attempt_at > now(), false) as later, d.entity_id is not null and e.status <> 'FAILED' as depends) f
cross join lateral (
  select case when not f.dead and i.enabled then greatest(e.next_attempt_at, case when f.paused then g.open_until end,
    case when f.held then g.hold_until end, case when f.depends then l.due end) end as at) next
cross join lateral (values
  (1, f.dead or f.retrying or f.disabled or f.paused or f.held or f.later or f.depends,
   case when f.dead then 'DEAD_LETTER' when f.retrying then 'WAITING_FOR_RETRY' else 'WAITING' end,
   format('%s of this %s at %s %s', initcap(replace(e.operation, '_', ' ')), lower(replace(e.entity_type, '_', ' ')), i.name,
     case when f.dead then format('failed for good (sync event %s, attempt %s); what came after it waits behind it.', e.id, e.attempt_count)
          when f.retrying then format('failed and waits to be tried again (sync event %s, attempt %s of %s).', e.id,
            e.attempt_count - e.forgiven_attempts, e.max_attempts)
          else format('waits to be sent (sync event %s).', e.id) end),
   case when f.dead then coalesce(e.processed_at, e.updated_at) else e.created_at end,
   case when f.dead then 'Nothing happens by itself: somebody has to retry or skip it.'
        when f.retrying then 'It is tried again by itself.' else 'It is sent by itself once nothing holds it up.' end,
   next.at, case when f.dead then 'retrySyncEvent' end, case when f.dead then jsonb_build_object('id', e.id::text) end),
  (2, f.disabled, 'INTEGRATION_DISABLED', i.name || ' is disabled, so that nothing is sent to it.', i.updated_at,
   'Nothing happens by itself: somebody has to enable it.', null, 'updateIntegration',
   jsonb_build_object('input', jsonb_build_object('id', i.id, 'enabled', true))),
  (3, f.paused, 'CIRCUIT_OPEN', format('Sending to %s is paused after %s failures in a row.', i.name, g.failures),
   coalesce((select max(a.opened_at) from alerts a where a.integration_id = i.id and a.kind = 'CIRCUIT_OPEN' and a.closed_at is null),
     e.updated_at),
   'One event is tried then; when it succeeds, the others follow.', g.open_until, 'testConnection',
   jsonb_build_object('integrationId', i.id)),
  (4, f.held, 'RATE_LIMITED', i.name || ' has asked for a pause.', e.updated_at, 'Sending goes on by itself.', g.hold_until, null, null),
  (5, f.depends, 'WAITING_FOR_ENTITY', format('It names the %s %s, which %s does not know yet.',
     lower(replace(d.entity_type, '_', ' ')), d.entity_id, i.name), d.since,
   'It is sent by itself as soon as that is known there.', l.due, null, null),
  (6, (f.dead or f.retrying) and e.error_code is not null or f.paused and g.last_error is not null,
   coalesce(e.error_code, 'UPSTREAM_UNAVAILABLE'), coalesce(e.error_message, g.last_error, ''), e.updated_at,
   case when f.dead then 'Nothing happens by itself: mend the cause and retry, or skip it.'
        else 'It is tried again by itself, in case the cause is gone.' end,
   next.at, case when f.dead then 'skipSyncEvent' end,
   case when f.dead then jsonb_build_object('id', e.id::text, 'reason', 'Not needed any more.') end),
  (7, k.open_create is not null, 'CREATE_UNCONFIRMED',
   format('The answer to the create of sync event %s was lost, so that it may exist at %s already.', k.open_create, i.name),
   e.updated_at, 'Before anything else is sent, that create is repeated under its own key, which cannot make a second one.',
   next.at, null, null)
) c (place, wanted, code, message, since, next_step, next_at, mutation, variables)
where c.wanted`;

/** Sent nowhere, on purpose or for want of an integration. */
const NOT_SENT = `
select 'link:' || k.id || ':1', k.merchant_id, k.entity_type, k.entity_id, k.integration_id, 1, 'SKIPPED',
  format('Sending it to %s was skipped: %s', i.name, coalesce(e.error_message, 'no reason is known')),
  coalesce(e.processed_at, i.created_at), 'Its next change is sent.', null::timestamptz,
  case k.entity_type when 'ORDER' then 'syncOrder' when 'INVOICE' then 'syncInvoice' end,
  case when k.entity_type in ('ORDER', 'INVOICE')
    then jsonb_build_object('input', jsonb_build_object('id', k.entity_id, 'integrationId', k.integration_id)) end
from links k
join integrations i on i.id = k.integration_id and i.deleted_at is null
join lanes l on l.id = k.id and l.tail = l.head
left join lateral (select error_message, processed_at from sync_events s where s.lane_id = l.id order by s.seq desc limit 1) e on true
where k.state = 'SKIPPED'
union all
select 'order:' || o.id, o.merchant_id, 'ORDER', o.id, null, 1, 'NOT_SENT', 'No integration of its merchant has taken this order.',
  o.created_at, 'Nothing happens by itself: make or enable an integration that takes orders, then sync the order.',
  null, 'syncOrder', jsonb_build_object('input', jsonb_build_object('id', o.id))
from orders o
where not exists (select from links k where k.entity_id = o.id and k.entity_type = 'ORDER')
  and not exists (select from sync_events s where s.entity_id = o.id)`;

/** What a system told and could not be applied, unless a later event of it could. */
const OF_WEBHOOKS = `
select 'webhook:' || w.id || ':' || c.place, w.merchant_id, w.entity_type, w.entity_id, w.integration_id, c.place,
  c.code, c.message, w.created_at, c.next_step, null, c.mutation, c.variables
from webhook_events w
cross join lateral (values
  (1, 'WEBHOOK_FAILED', format('The webhook %s could not be applied.', w.event_type),
   'Nothing happens by itself: mend the cause, then have the kept event applied.', 'replayWebhookEvents',
   jsonb_build_object('filter', jsonb_build_object('integrationId', w.integration_id, 'entityId', w.entity_id,
     'status', jsonb_build_array('FAILED', 'IGNORED')))),
  (2, coalesce(w.error_code, 'INTERNAL'), coalesce(w.error_message, ''), 'Nothing happens by itself.', null, null)
) c (place, code, message, next_step, mutation, variables)
where (w.status = 'FAILED' or w.status = 'IGNORED' and w.error_code = 'UNMAPPED_STATUS') and w.entity_id is not null and not exists (
  select from webhook_events n where n.entity_id = w.entity_id and n.integration_id = w.integration_id
    and n.status = 'PROCESSED' and n.occurred_at >= w.occurred_at)`;

const BLOCKERS = `create view blockers as ${OF_LANES} union all ${NOT_SENT} union all ${OF_WEBHOOKS};`;

const TIMELINE = `
drop view timeline_entries;
create view timeline_entries as
select 'event:' || e.id as id, e.merchant_id, e.entity_type, e.entity_id, e.created_at as at, 'sync_event' as kind,
  case e.operation when 'QUERY' then 'Question' when 'STATUS_CHANGE' then 'Change of status'
    else initcap(e.operation) end || case e.direction when 'OUTBOUND' then ' for ' else ' from ' end ||
    coalesce(i.name, e.integration_id) as title,
  e.status as outcome, null::text as actor, e.integration_id, e.id::text as source_id,
  jsonb_strip_nulls(jsonb_build_object('externalId', e.external_id, 'errorCode', e.error_code, 'errorMessage', e.error_message,
    'attempts', e.attempt_count)) as details
from sync_events e left join integrations i on i.id = e.integration_id
union all
select 'attempt:' || e.id || '.' || a.number, e.merchant_id, e.entity_type, e.entity_id, a.started_at, 'attempt',
  format('Attempt %s at %s: %s', a.number, coalesce(i.name, e.integration_id),
    concat_ws(' ', a.request ->> 'method', a.request ->> 'url', 'answered', coalesce(a.http_status::text, a.error_code),
      'after', a.duration_ms, 'ms')),
  a.outcome, null, e.integration_id, e.id::text,
  jsonb_strip_nulls(jsonb_build_object('httpStatus', a.http_status, 'durationMs', a.duration_ms, 'errorCode', a.error_code,
    'errorMessage', a.error_message, 'request', a.request, 'response', a.response))
from sync_events e join sync_attempts a on a.sync_event_id = e.id left join integrations i on i.id = e.integration_id
union all
select 'webhook:' || w.id, w.merchant_id, w.entity_type, w.entity_id, w.created_at, 'webhook_event',
  format('%s from %s', w.event_type, coalesce(i.name, w.integration_id)), w.status, null, w.integration_id, w.id,
  jsonb_strip_nulls(jsonb_build_object('eventId', w.event_id, 'occurredAt', w.occurred_at, 'errorCode', w.error_code,
    'errorMessage', w.error_message, 'payload', w.payload))
from webhook_events w left join integrations i on i.id = w.integration_id where w.entity_id is not null
union all
select 'change:' || xid || '.' || id, merchant_id, entity_type, entity_id, at, 'status_change',
  format('%s moved from %s to %s', initcap(entity_type), coalesce(data ->> 'previousStatus', 'nothing'), data ->> 'newStatus'),
  data ->> 'newStatus', null, integration_id, sync_event_id::text, data
from changes where kind in ('order.status_changed', 'invoice.status_changed')
union all
select 'audit:' || id, merchant_id, entity_type, entity_id, at, 'audit', action || ' by ' || actor, outcome, actor, integration_id,
  null, details
from audit_entries where entity_id is not null;
`;
