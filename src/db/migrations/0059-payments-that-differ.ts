import { Migration } from '@mikro-orm/migrations';

/** How much of a payment was given back; an alert may be of one order, and rings where its payments are not its total. */
export class PaymentsThatDiffer extends Migration {
  override up(): void {
    this.addSql(`
alter table transactions add refunded numeric;
alter table alerts add order_id text references orders on delete cascade;
drop index alerts_open;
create unique index alerts_open on alerts (kind, integration_id, order_id) nulls not distinct where closed_at is null;
create index alerts_of_orders on alerts (order_id) where order_id is not null;
insert into alert_rules (id, kind, threshold, clear_threshold, window_ms, severity)
values ('payment-differs', 'PAYMENT_DIFFERS', 0, 0, 900000, 'WARNING');
`);
  }
}
