import { Migration } from '@mikro-orm/migrations';

/**
 * What only ever grows is analysed by fewer rows, and without its documents, which no plan asks about: a third of the
 * database's time for a webhook went into looking at them again and again while a young table grew.
 */
export class LightStatistics extends Migration {
  override up(): void {
    this.addSql(`
do $$
declare c record;
begin
  for c in
    select attrelid::regclass as owner, attname as name, attnum as number, relkind,
      case when atttypid in ('jsonb'::regtype, 'bytea'::regtype) or attname = 'error_message' then 0 else 10 end as target
    from pg_attribute join pg_class on pg_class.oid = attrelid
    where attrelid in ('webhook_events'::regclass, 'sync_events'::regclass, 'sync_attempts'::regclass, 'changes'::regclass,
        'webhook_events_waiting_entity'::regclass, 'webhook_events_waiting_number'::regclass)
      and attnum > 0 and not attisdropped and (relkind = 'r' or attname = 'expr')
  loop
    if c.relkind = 'i' then execute format('alter index %s alter column %s set statistics %s', c.owner, c.number, c.target);
    else execute format('alter table %s alter column %I set statistics %s', c.owner, c.name, c.target);
    end if;
  end loop;
end $$;
`);
  }
}
