/**
 * The part of SETTLE that moves gates: consecutive failures, the circuit, holds.
 * A gate is touched only when there is something to write, so that a healthy integration costs nothing here.
 * Calls that were under way when the circuit opened change nothing; while it is half open only its probe decides.
 */
export const SETTLE_GATES = `policy as materialized (
  select * from json_to_recordset($39) as (integration text, circuit_failures int, circuit_open_ms float8)
), ordered as (
  select l.*, max(l.place) filter (where l.answered) over (partition by l.integration) as last_answer from lane l
), tally as materialized (
  select integration, bool_or(answered) as answered,
         count(*) filter (where failed and place >= coalesce(last_answer, 0))::int as failures,
         bool_or(failed) as failed, max(hold_ms) as hold_ms, max(error) filter (where failed) as error,
         array_agg(id) as lanes, array_agg(id) filter (where failed) as failed_lanes,
         array_agg(id) filter (where answered) as answered_lanes
    from ordered group by integration
), gate_before as materialized (
  select g.integration_id, g.circuit, g.failures, g.probe_lane, g.open_until, t.answered, t.failed,
         t.failures as new_failures, t.hold_ms, t.error,
         g.circuit = 'HALF_OPEN' and g.probe_lane = any(t.lanes) as probed,
         coalesce(g.probe_lane = any(t.answered_lanes), false) as probe_answered,
         coalesce(g.probe_lane = any(t.failed_lanes), false) as probe_failed
    from integration_gates g join tally t on t.integration = g.integration_id
   where t.failed or t.hold_ms is not null or g.failures > 0 or g.circuit <> 'CLOSED'
   order by g.integration_id for no key update of g
), gate_after as materialized (
  select b.*, b.circuit as previous, p.circuit_open_ms, n.failures as now_failures,
         case when b.circuit = 'CLOSED' and n.failures >= p.circuit_failures then 'OPEN'
              when not b.probed then b.circuit
              when b.probe_answered and not b.probe_failed then 'CLOSED'
              else 'OPEN' end as circuit_now
    from gate_before b join policy p on p.integration = b.integration_id
   cross join lateral (select case when b.answered then 0 else b.failures end + b.new_failures as failures) n
), gate as (
  update integration_gates g set
    circuit = a.circuit_now, failures = case when a.probed and a.circuit_now = 'CLOSED' then 0 else a.now_failures end,
    open_until = case
      when a.circuit_now = 'OPEN' and (a.previous = 'CLOSED' or a.probe_failed) then now() + a.circuit_open_ms * interval '1 ms'
      when a.circuit_now = 'OPEN' and a.probed then now()
      when a.circuit_now = 'CLOSED' then null else g.open_until end,
    probe_lane = case when a.probed then null else g.probe_lane end,
    hold_until = case when a.hold_ms is null then g.hold_until
                      else greatest(g.hold_until, now() + a.hold_ms * interval '1 ms') end,
    last_error = coalesce(a.error, g.last_error)
    from gate_after a where g.integration_id = a.integration_id
), health_change as (
  insert into changes (kind, merchant_id, entity_type, entity_id, integration_id, data)
  select 'connector_health.changed', i.merchant_id, 'INTEGRATION', i.id, i.id,
         jsonb_build_object('previousCircuit', a.previous, 'circuit', a.circuit_now)
    from gate_after a join integrations i on i.id = a.integration_id where a.circuit_now <> a.previous
)`;
