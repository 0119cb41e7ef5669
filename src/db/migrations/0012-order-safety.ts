import { Migration } from '@mikro-orm/migrations';

/** A link remembers the create that may have happened upstream although the hub does not know its id. */
export class OrderSafety extends Migration {
  override up(): void {
    this.addSql(`
alter table links add column open_create bigint;
update links k set open_create = e.id
  from lanes l join sync_events e on e.lane_id = l.id and e.seq = l.head + 1
 where l.id = k.id and k.external_id is null and k.synced_at is null and e.operation in ('CREATE', 'UPDATE')
   and e.status in ('RETRYING', 'FAILED')
   and exists (select from sync_attempts a where a.sync_event_id = e.id and a.outcome = 'RETRY');
`);
  }
}
