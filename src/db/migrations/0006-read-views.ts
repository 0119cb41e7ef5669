import { Migration } from '@mikro-orm/migrations';

/** Nouns that are read but not stored: the health of integrations, the timeline of an entity; and what lists need. */
export class ReadViews extends Migration {
  override up(): void {
    this.addSql(`
create view connector_health as
select i.id, i.merchant_id, i.id as integration_id,
  case when g.circuit = 'OPEN' or g.reachable = false then 'DOWN'
       when g.circuit = 'HALF_OPEN' or g.failures > 0 then 'DEGRADED'
       when g.reachable or rate.success_rate is not null then 'HEALTHY'
       else 'UNKNOWN' end as health,
  coalesce(g.circuit, 'CLOSED') as circuit, g.checked_at, g.latency_ms, rate.success_rate,
  coalesce(queue.depth, 0)::int as queue_depth, waiting.oldest_pending_seconds, g.last_error
from integrations i
left join integration_gates g on g.integration_id = i.id
cross join lateral (
  select sum(l.tail - l.head) as depth from lanes l where l.integration_id = i.id and l.due is not null) queue
cross join lateral (
  select greatest(extract(epoch from clock_timestamp() - min(e.created_at)), 0)::int as oldest_pending_seconds
  from (select created_at from lanes l join sync_events s on s.lane_id = l.id and s.status in ('PENDING', 'IN_PROGRESS', 'RETRYING')
        where l.integration_id = i.id and l.due is not null order by l.due limit 100) e) waiting
cross join lateral (
  select round(avg(case when e.status = 'SUCCESS' then 1 else 0 end), 4) as success_rate
  from (select status from sync_events s where s.integration_id = i.id order by s.id desc limit 500) e
  where e.status in ('SUCCESS', 'FAILED')) rate
where i.deleted_at is null;

create index sync_events_integration on sync_events (integration_id, id);
create index sync_events_created on sync_events using brin (created_at);
create index changes_status on changes (entity_id) where kind in ('order.status_changed', 'invoice.status_changed');

create view timeline_entries as
select 'event:' || id as id, merchant_id, entity_type, entity_id, created_at as at, 'sync_event' as kind,
  direction || ' ' || operation as title, status as outcome, null::text as actor, integration_id, id::text as source_id,
  jsonb_strip_nulls(jsonb_build_object('externalId', external_id, 'errorCode', error_code, 'errorMessage', error_message,
    'attempts', attempt_count)) as details
from sync_events
union all
select 'attempt:' || e.id || '.' || a.number, e.merchant_id, e.entity_type, e.entity_id, a.started_at, 'attempt',
  'Attempt ' || a.number, a.outcome, null, e.integration_id, e.id::text,
  jsonb_strip_nulls(jsonb_build_object('httpStatus', a.http_status, 'durationMs', a.duration_ms, 'errorCode', a.error_code,
    'errorMessage', a.error_message))
from sync_events e join sync_attempts a on a.sync_event_id = e.id
union all
select 'webhook:' || id, merchant_id, entity_type, entity_id, created_at, 'webhook_event', event_type, status, null, integration_id, id,
  jsonb_strip_nulls(jsonb_build_object('eventId', event_id, 'occurredAt', occurred_at, 'errorCode', error_code, 'errorMessage', error_message))
from webhook_events where entity_id is not null
union all
select 'change:' || xid || '.' || id, merchant_id, entity_type, entity_id, at, 'status_change', kind, data ->> 'newStatus', null,
  integration_id, sync_event_id::text, data
from changes where kind in ('order.status_changed', 'invoice.status_changed')
union all
select 'audit:' || id, merchant_id, entity_type, entity_id, at, 'audit', action, outcome, actor, integration_id, null, details
from audit_entries where entity_id is not null;
`);
  }
}
