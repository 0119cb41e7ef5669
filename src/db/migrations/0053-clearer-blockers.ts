import { Migration } from '@mikro-orm/migrations';

/**
 * A blocker offers what mends its cause, and a skip only where nothing does; what waits for an integration that cannot work says so.
 * Webhooks that are refused one after the other ring.
 */
export class ClearerBlockers extends Migration {
  override up(): void {
    this.addSql(BLOCKERS);
    this.addSql(`
insert into alert_rules (id, kind, comparison, threshold, clear_threshold, window_ms, severity)
values ('refused-webhooks', 'REFUSED_WEBHOOKS', 'AT_LEAST', 3, 1, 7200000, 'WARNING')`);
  }
}

/** Of an order and an integration: it is sent once it is invoiced, and is not yet. */
const AWAITS_INVOICE = `i.merchant_id = o.merchant_id and i.enabled and i.deleted_at is null
  and i.connector in (select t.name from connector_traits t where t.takes_invoiced_orders)
  and o.status not in ('CANCELLED', 'RETURNED', 'REFUNDED', 'FAILED')
  and not exists (select from invoices v where v.order_id = o.id)
  and not exists (select from links k where k.entity_id = o.id and k.entity_type = 'ORDER' and k.integration_id = i.id)`;

/** Of a lane that waits: what waits (1), what holds it up (2 to 6), what went wrong (7), what is uncertain (8). */
const OF_LANES = `
select 'link:' || k.id || ':' || c.place as id, k.merchant_id, k.entity_type, k.entity_id, k.integration_id, c.place,
  c.code, c.message, c.since, c.next_step, c.next_at, c.mutation, c.variables
from links k
join integrations i on i.id = k.integration_id and i.deleted_at is null
join lanes l on l.id = k.id and l.owner is null and l.tail > l.head
cross join lateral (select * from sync_events s where s.lane_id = l.id and s.seq > l.head order by s.seq limit 1) e
left join integration_gates g on g.integration_id = i.id
left join lateral (
  select o.entity_type, o.entity_id, w.since, x.id as dead_id, x.error_code as dead_code, x.error_message as dead_message,
    coalesce(x.processed_at, x.updated_at) as dead_since
  from lane_waits w join links o on o.id = w.link_id
  left join lateral (
    select s.* from lanes p join sync_events s on s.lane_id = p.id
    where p.id = o.id and p.parked and s.seq > p.head order by s.seq limit 1) x on true
  where w.lane_id = l.id order by w.since limit 1) d on true
cross join lateral (
  select e.status = 'FAILED' as dead, e.status = 'RETRYING' as retrying,
    not i.enabled and e.status <> 'FAILED' as disabled,
    coalesce(g.circuit <> 'CLOSED', false) and e.status <> 'FAILED' as paused,
    coalesce(g.hold_until > now(), false) and e.status <> 'FAILED' as held,
    coalesce(e.next_attempt_at > now(), false) as later, d.entity_id is not null and e.status <> 'FAILED' as depends,
    l.due = 'infinity' and e.status <> 'FAILED' as scheduled,
    e.status = 'PENDING' and i.enabled and coalesce(not g.reachable and g.circuit = 'CLOSED', false) as unwell) f
cross join lateral (
  select case when not f.dead and i.enabled and not coalesce(f.scheduled, false) and not (f.depends and d.dead_id is not null) then greatest(e.next_attempt_at, case when f.paused then g.open_until end,
    case when f.held then g.hold_until end, case when f.depends then l.due end) end as at) next
cross join lateral (
  select case when e.error_code = 'UPSTREAM_REJECTED' then case e.entity_type when 'ORDER' then 'updateOrder' when 'INVOICE' then 'updateInvoice'
    when 'CUSTOMER' then 'updateCustomer' when 'BILLING_SUBSCRIPTION' then 'updateBillingSubscription' end end as mutation) m
cross join lateral (values
  (1, f.dead or f.retrying or f.disabled or f.paused or f.held or f.later or f.depends or f.scheduled or f.unwell,
   case when f.dead then 'DEAD_LETTER' when f.retrying then 'WAITING_FOR_RETRY' else 'WAITING' end,
   format('%s of this %s at %s %s', initcap(replace(e.operation, '_', ' ')), lower(replace(e.entity_type, '_', ' ')), i.name,
     case when f.dead then format('failed for good (sync event %s, attempt %s); what came after it waits behind it.', e.id, e.attempt_count)
          when f.retrying then format('failed and waits to be tried again (sync event %s, attempt %s of %s).', e.id,
            e.attempt_count - e.forgiven_attempts, e.max_attempts)
          else format('waits to be sent (sync event %s).', e.id) end),
   case when f.dead then coalesce(e.processed_at, e.updated_at) else e.created_at end,
   case when f.dead then 'Nothing happens by itself: somebody has to retry or skip it.'
        when not i.enabled then 'It is sent when the integration is enabled again.'
        when f.retrying then 'It is tried again by itself.' else 'It is sent by itself once nothing holds it up.' end,
   next.at, case when f.dead then 'retrySyncEvent' end, case when f.dead then jsonb_build_object('id', e.id::text) end),
  (2, f.disabled, 'INTEGRATION_DISABLED', i.name || ' is disabled, so that nothing is sent to it.', i.updated_at,
   'Nothing happens by itself: somebody has to enable it.', null, 'updateIntegration',
   jsonb_build_object('input', jsonb_build_object('id', i.id, 'enabled', true))),
  (3, f.paused, 'CIRCUIT_OPEN', format('Sending to %s is paused after %s failures in a row.', i.name, g.failures),
   coalesce((select max(a.opened_at) from alerts a where a.integration_id = i.id and a.kind = 'CIRCUIT_OPEN' and a.closed_at is null),
     e.updated_at),
   case when i.enabled then 'One event is tried then, or at once after a test of the connection that succeeds; the others follow.'
        else 'Nothing happens by itself until it is enabled.' end,
   case when i.enabled then g.open_until end, 'testConnection',
   jsonb_build_object('integrationId', i.id)),
  (3, f.unwell, 'CONNECTOR_DOWN', format('%s is not well: %s', i.name, coalesce(g.last_error, 'the reason is not known')),
   coalesce(g.checked_at, e.created_at), 'It is sent by itself once the hub can work with it again. A test of the connection tells whether it can.',
   null, 'testConnection', jsonb_build_object('integrationId', i.id)),
  (4, f.held, 'RATE_LIMITED', i.name || ' has asked for a pause.', e.updated_at, 
   case when i.enabled then 'Sending goes on by itself.' else 'Nothing happens by itself until it is enabled.' end,
   case when i.enabled then g.hold_until end, null, null),
  (5, f.scheduled, 'WAITING_FOR_SCHEDULE', format('%s is sent orders when its schedule comes round.', i.name), e.created_at,
   'It is sent by itself at the next run of the schedule, or when somebody syncs it.', null,
   case when k.entity_type = 'ORDER' then 'syncOrder' end,
   case when k.entity_type = 'ORDER'
     then jsonb_build_object('input', jsonb_build_object('id', k.entity_id, 'integrationId', k.integration_id)) end),
  (5, f.depends and not coalesce(f.scheduled, false), 'WAITING_FOR_ENTITY', format('It names the %s %s, which %s does not know yet%s.',
     lower(replace(d.entity_type, '_', ' ')), d.entity_id, i.name,
     case when d.dead_id is not null then format(', since its own sync has failed for good (sync event %s)', d.dead_id) else '' end),
   d.since,
   case when d.dead_id is not null then 'Nothing happens by itself: mend what failed there and retry it; this one follows by itself.'
        else 'It is sent by itself as soon as that is known there.' end,
   case when d.dead_id is null and i.enabled then l.due end, case when d.dead_id is not null then 'retrySyncEvent' end,
   case when d.dead_id is not null then jsonb_build_object('id', d.dead_id::text) end),
  (6, f.depends and d.dead_code is not null, d.dead_code, coalesce(d.dead_message, ''), d.dead_since,
   'Nothing happens by itself: mend the cause.', null, null, null),
  (7, (f.dead or f.retrying) and e.error_code is not null or f.paused and g.last_error is not null,
   coalesce(e.error_code, 'UPSTREAM_UNAVAILABLE'), coalesce(e.error_message, g.last_error, ''), e.updated_at,
   case when f.dead then case
          when e.error_code in ('UPSTREAM_UNAUTHORIZED', 'CREDENTIALS_UNREADABLE') then 'Nothing happens by itself: set valid credentials by updateIntegration, '
            || 'see by testConnection whether they are, then redrive by redriveSyncEvents all that failed so.'
          when m.mutation is not null then format('Nothing happens by itself: read the answer in the attempts. If the %s is wrong, correct it by %s, '
            || 'which sends it anew; if the system or a mapping was, mend that and retry; or skip it.', lower(replace(e.entity_type, '_', ' ')), m.mutation)
          else 'Nothing happens by itself: mend the cause and retry, or skip it.' end
        when not i.enabled then 'It is tried again when the integration is enabled again.'
        else 'It is tried again by itself, in case the cause is gone.' end,
   next.at, case when f.dead then case when e.error_code in ('UPSTREAM_UNAUTHORIZED', 'CREDENTIALS_UNREADABLE') then 'updateIntegration'
     else coalesce(m.mutation, 'skipSyncEvent') end end,
   case when f.dead and m.mutation is null and e.error_code not in ('UPSTREAM_UNAUTHORIZED', 'CREDENTIALS_UNREADABLE')
     then jsonb_build_object('id', e.id::text, 'reason', 'Not needed any more.') end),
  (8, k.open_create is not null, 'CREATE_UNCONFIRMED',
   format('It is not known whether the create of sync event %s took effect: it may exist at %s already.', k.open_create, i.name),
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
  and not exists (select from sync_events s where s.entity_id = o.id)
  and not exists (select from integrations i where ${AWAITS_INVOICE})
union all
select 'order:' || o.id || ':' || i.id, o.merchant_id, 'ORDER', o.id, i.id, 1, 'WAITING_FOR_INVOICE',
  i.name || ' is sent orders once they are invoiced, and this one has no invoice.', o.created_at,
  'It is sent by itself when its first invoice is made, or without one when somebody syncs it with this integration.',
  null, 'createInvoice', jsonb_build_object('input', jsonb_build_object('orderId', o.id, 'number', o.number))
from orders o join integrations i on ${AWAITS_INVOICE}
union all
select 'order:' || o.id || ':' || i.id, o.merchant_id, 'ORDER', o.id, i.id, 2, 'INTEGRATION_DISABLED',
  i.name || ' is disabled, so that it takes no orders.', i.updated_at,
  'Nothing happens by itself: enable it, if it is to take this order, and sync the order then.', null, 'updateIntegration',
  jsonb_build_object('input', jsonb_build_object('id', i.id, 'enabled', true))
from orders o join integrations i on i.merchant_id = o.merchant_id and not i.enabled and i.deleted_at is null
where not exists (select from links k where k.entity_id = o.id and k.entity_type = 'ORDER')
  and not exists (select from sync_events s where s.entity_id = o.id)`;

/** What a system told and could not be applied, unless a later event of it could. */
const OF_WEBHOOKS = `
select 'webhook:' || w.id || ':' || c.place, w.merchant_id, w.entity_type, w.entity_id, w.integration_id, c.place,
  c.code, c.message, w.created_at, c.next_step, null::timestamptz, c.mutation, c.variables
from webhook_events w
join integrations i on i.id = w.integration_id
cross join lateral (
  select w.error_code = 'UNMAPPED_STATUS' as unmapped, w.event ->> 'sourceStatus' as word,
    (select lower(w.entity_type) || 's' from connector_traits t
      where t.name = i.connector and lower(w.entity_type) || 's' = any(t.status_mappings)) as kind,
    case w.entity_type when 'ORDER' then (select o.status from orders o where o.id = w.entity_id)
      when 'INVOICE' then (select v.status from invoices v where v.id = w.entity_id) end as present,
    case when i.mappings = '{}' then coalesce(i.settings -> 'statusMappings', '{}') else i.mappings end as mappings) m
cross join lateral (values
  (1, 'WEBHOOK_FAILED', format('The webhook %s could not be applied.', w.event_type),
   'Nothing happens by itself: mend the cause, then have the kept event applied.', 'replayWebhookEvents',
   jsonb_build_object('filter', jsonb_build_object('integrationId', w.integration_id, 'entityId', w.entity_id,
     'status', jsonb_build_array('FAILED', 'IGNORED')))),
  (2, coalesce(w.error_code, 'INTERNAL'), coalesce(w.error_message, ''),
   case when m.unmapped and m.kind is not null then format('Nothing happens by itself: map %s to what it means, then replay the event. '
       || 'The arguments here map it to %s, which this %s is now.', m.word, m.present, lower(w.entity_type))
     when m.unmapped then format('Nothing happens by itself: publish a rule that makes a status of %s, then replay the event.', m.word)
     else 'Nothing happens by itself.' end,
   case when m.unmapped then case when m.kind is not null then 'updateIntegration' else 'putMappings' end end,
   case when m.unmapped and m.kind is not null then jsonb_build_object('input', jsonb_build_object('id', i.id, 'mappings',
     m.mappings || jsonb_build_object(m.kind, coalesce(m.mappings -> m.kind, '{}') || jsonb_build_object(m.word, m.present)))) end)
) c (place, code, message, next_step, mutation, variables)
where (w.status = 'FAILED' or w.status = 'IGNORED' and w.error_code = 'UNMAPPED_STATUS') and w.entity_id is not null and not exists (
  select from webhook_events n where n.entity_id = w.entity_id and n.integration_id = w.integration_id
    and n.status = 'PROCESSED' and n.occurred_at >= w.occurred_at)`;

const BLOCKERS = `create or replace view blockers as ${OF_LANES} union all ${NOT_SENT} union all ${OF_WEBHOOKS};`;
