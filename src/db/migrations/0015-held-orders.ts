import { Migration } from '@mikro-orm/migrations';

/** Orders that wait for their system's schedule: a lane that is due at infinity is held; when the schedule last let some go. */
export class HeldOrders extends Migration {
  override up(): void {
    this.addSql(`
create index lanes_held on lanes (integration_id, id) where due = 'infinity';
alter table integration_gates add column released_at timestamptz;
`);
  }
}
