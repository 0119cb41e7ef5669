import { Migration } from '@mikro-orm/migrations';

/**
 * Indexes of what is searched and of what has failed. Events that failed are found by their code: an index whose condition
 * is the status would make every change of a status write all indexes of the row.
 *
 * An outside database may forbid the extension: then searching reads all rows, until somebody who may runs `SEARCH_INDEXES`.
 */
export class Filters extends Migration {
  override up(): void {
    this.addSql(`
create index sync_events_with_code on sync_events (id) where error_code is not null;
create index webhook_events_failed on webhook_events (created_at, id) where status = 'FAILED';

do $search$ begin
  create extension if not exists pg_trgm;
  ${SEARCH_INDEXES}
exception when insufficient_privilege or undefined_file or feature_not_supported then
  raise warning 'pg_trgm is not available: % Searching reads all rows.', sqlerrm;
end $search$;
`);
  }
}

const SEARCHED: Readonly<Record<string, readonly string[]>> = {
  orders: ['number'],
  invoices: ['number'],
  customers: ['name', 'email', 'reference'],
  products: ['sku', 'name', 'barcode'],
  transactions: ['reference', 'description'],
  billing_subscriptions: ['reference', 'plan'],
};

/** The texts as `schema/search.ts` asks for them. */
const SEARCH_INDEXES = Object.entries(SEARCHED)
  .map(([table, columns]) => {
    const text = columns.map((column) => `coalesce(${column},'')`).join(`||e'\\n'||`);
    return `create index ${table}_search on ${table} using gin (lower(${text}) gin_trgm_ops);`;
  })
  .join('\n  ');
