import { Migration } from '@mikro-orm/migrations';

/**
 * What a hub of a former version applied, before an upgrade or beside this one, bears its time in `source_at` alone. A rank above
 * 0 says that it was a status; this version's own are never later there than in `status_at` or `step_at`.
 */
const BY_FORMER = `l.source_rank > 0 and l.source_at > greatest(l.status_at, l.step_at, '-infinity')`;

/**
 * What each system has told of an entity, and when: late news of one does not undo what another has told since. `told_of` is
 * volatile so that it sees what was committed before the entity was locked, not only before the statement that asks began.
 */
export class OrderOverSenders extends Migration {
  override up(): void {
    this.addSql(`
alter table links add status_at timestamptz, add status_rank smallint, add step_at timestamptz, add step_from jsonb,
  add fields_at timestamptz;
create function told_of(ids text[]) returns jsonb language plpgsql volatile as $body$
begin
  return (
    select coalesce(jsonb_object_agg(t.id, t.told), '{}')
    from (
      select l.entity_id as id, jsonb_build_object(
        'status', max(case when ${BY_FORMER} then array[extract(epoch from l.source_at), l.source_rank]
          when l.status_at is not null then array[extract(epoch from l.status_at), l.status_rank] end),
        'fields', extract(epoch from max(l.fields_at)),
        'steps', case when max(l.step_at) is not null then (
          select jsonb_object_agg(s.status, s.at) from (
            select f.status, extract(epoch from max(o.step_at)) as at
            from links o cross join jsonb_array_elements_text(o.step_from) as f (status)
            where o.entity_id = l.entity_id group by f.status) s) end) as told
      from links l where l.entity_id = any (ids)
      group by l.entity_id having count(*) > 1
    ) t
  );
end
$body$;
`);
  }
}
