import { Migration } from '@mikro-orm/migrations';

/** What a warehouse needs: shared tokens, more of a product than its price, payouts that are stored once. */
export class Warehouse extends Migration {
  override up(): void {
    this.addSql(`
create table integration_tokens (
  integration_id text primary key references integrations on delete cascade,
  fingerprint text not null,
  sealed jsonb,
  expires_at timestamptz,
  lease text,
  leased_until timestamptz,
  refusal text,
  refused_until timestamptz
);

alter table products add thc text, add batch_number text, add coa_link text;
alter table brands add payout_percent numeric check (payout_percent between 0 and 100);
create unique index payouts_recipient on payouts (order_id, recipient);
`);
  }
}
