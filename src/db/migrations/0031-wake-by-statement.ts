import { Migration } from '@mikro-orm/migrations';

/** Lanes that wait for a link are woken once a statement: a trigger for each row took a fifth of a settle. */
export class WakeByStatement extends Migration {
  override up(): void {
    this.addSql(`
drop trigger link_found on links;
create or replace function wake_waiting_lanes() returns trigger language plpgsql as $$
begin
  if not exists (select from lane_waits) then return null; end if;
  update lanes set due = now()
  where due > now() and id in (
    select l.id from lanes l join lane_waits w on w.lane_id = l.id join links_after a on a.id = w.link_id
    where a.external_id is not null
    order by l.id for no key update of l skip locked);
  if found then perform pg_notify('syncline_outbox', ''); end if;
  delete from lane_waits w using links_after a where w.link_id = a.id and a.external_id is not null;
  return null;
end $$;
create trigger link_found after update on links referencing new table as links_after
  for each statement execute function wake_waiting_lanes();
`);
  }
}
