import { Migration } from '@mikro-orm/migrations';

/**
 * Products and stock are written by the hundred thousand, of an integration that was just read: checking each row's
 * references took more than half of the time. What merges them says whose they are. Also a number that moves with every
 * write of a merchant's products, shares that a merchant sets, and payouts that a cancellation makes void.
 */
export class Catalogue extends Migration {
  override up(): void {
    this.addSql(`
alter table products drop constraint products_merchant_id_fkey, drop constraint products_source_integration_id_fkey;
alter table inventory_levels drop constraint inventory_levels_merchant_id_fkey,
  drop constraint inventory_levels_integration_id_fkey, drop constraint inventory_levels_product_id_fkey;

create table catalogue_versions (
  merchant_id text primary key,
  version bigint not null
) with (fillfactor = 50);

create function catalogue_changed() returns trigger language plpgsql as $$
begin
  insert into catalogue_versions as v (merchant_id, version)
  select distinct merchant_id, 1 from written order by merchant_id
  on conflict (merchant_id) do update set version = v.version + 1;
  return null;
end $$;
create trigger catalogue_grown after insert on products referencing new table as written
  for each statement execute function catalogue_changed();
create trigger catalogue_changed after update on products referencing new table as written
  for each statement execute function catalogue_changed();
create trigger catalogue_shrunk after delete on products referencing old table as written
  for each statement execute function catalogue_changed();

alter table merchants add payout_percent numeric check (payout_percent between 0 and 100);
alter table payouts add voided_at timestamptz;
`);
  }
}
