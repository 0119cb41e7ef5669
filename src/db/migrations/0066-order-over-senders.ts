import { Migration } from '@mikro-orm/migrations';

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
        'status', max(array[extract(epoch from l.status_at), l.status_rank]) filter (where l.status_at is not null),
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
