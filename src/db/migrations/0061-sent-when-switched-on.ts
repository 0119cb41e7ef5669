import { Migration } from '@mikro-orm/migrations';

const WAITS = `Nothing happens by itself: enable it, if it is to take this order, and sync the order then.`;
const SENT = `It is sent by itself when somebody enables it, as what came since it was disabled.`;
const MAKE = `Nothing happens by itself: make or enable an integration that takes orders, then sync the order.`;
const MADE = `An integration that is enabled again is sent it by itself if the order came since it was disabled. Else make or enable one that takes orders, then sync the order, or all of them by startFullSync.`;

/** An integration knows since when it is off, and a full sync may be of what came since then. The blockers of an order say so. */
export class SentWhenSwitchedOn extends Migration {
  override up(): void {
    this.addSql(`
alter table integrations add disabled_at timestamptz;
update integrations set disabled_at = updated_at where not enabled;
alter table full_syncs add since timestamptz;

create function integration_switched() returns trigger language plpgsql as $body$
begin
  if new.enabled or tg_op = 'UPDATE' and not old.enabled then return new; end if;
  -- A transaction that runs meanwhile may see the switch, and write the time of its own beginning.
  select greatest(least(now(), min(xact_start)), now() - interval '1 minute') into new.disabled_at
  from pg_stat_activity where datname = current_database() and tg_op = 'UPDATE';
  return new;
end $body$;
create trigger integration_switched before insert or update of enabled on integrations
for each row execute function integration_switched();

do $body$
begin
  execute 'create or replace view blockers as ' || replace(replace(pg_get_viewdef('blockers'::regclass),
    $t$'${WAITS}'::text$t$,
    $t$case when o.created_at >= i.disabled_at then '${SENT}' else '${WAITS}' end$t$),
    $t$'${MAKE}'::text$t$, $t$'${MADE}'::text$t$);
end $body$;
`);
  }
}
