import { Decimal } from 'decimal.js';
import type { Database } from '../../src/db/database.js';

/** A row as PostgreSQL prints it: exact text, numbers for integers, parsed jsonb. */
export type Row = Readonly<Record<string, unknown>>;
export type Tables = Readonly<Record<string, readonly Row[]>>;

const TABLES = [
  'orders',
  'order_lines',
  'customers',
  'invoices',
  'transactions',
  'billing_subscriptions',
  'payouts',
  'products',
  'inventory_levels',
  'links',
  'sync_events',
  'sync_attempts',
  'pulls',
  'row_problems',
  'webhook_events',
  'audit_entries',
  'alerts',
  'integrations',
  'mappings',
  'mapping_versions',
  'connector_health',
  'timeline_entries',
  'blockers',
];

/** Everything that one caller may see, held in memory; what filters look at beside it is under `all …`. */
export async function loadTables(db: Pick<Database, 'pool'>, merchantId: string | null): Promise<Tables> {
  const tables: Record<string, readonly Row[]> = {};
  for (const table of TABLES) {
    const { rows, fields } = await db.pool.query<Record<string, unknown>>(`select * from ${table}`);
    const documents = fields.filter(({ dataTypeID }) => dataTypeID === 3802).map(({ name }) => name);
    for (const row of rows) {
      for (const name of documents) row[name] = row[name] === null ? null : JSON.parse(String(row[name]));
    }
    if (table === 'links') await showSyncing(db, rows);
    tables[`all ${table}`] = rows;
    tables[table] = rows.filter((row) => merchantId === null || row['merchant_id'] === merchantId);
  }
  return tables;
}

/** A link that waits is SYNCING while somebody holds its lane. */
async function showSyncing(db: Pick<Database, 'pool'>, links: Record<string, unknown>[]): Promise<void> {
  const { rows } = await db.pool.query<{ id: unknown }>('select id from lanes where owner is not null');
  const held = rows.map(({ id }) => String(id));
  for (const link of links)
    if (link['state'] === 'PENDING' && held.includes(String(link['id']))) link['state'] = 'SYNCING';
}

/** Something that compares as PostgreSQL compares the column's values. */
export function comparable(column: string, value: unknown): unknown {
  if (value === null || value === undefined) return null;
  if (isTime(column)) return microseconds(String(value));
  if (column === 'grand_total') return new Decimal(String(value));
  if (column === 'id' && /^\d+$/.test(String(value))) return BigInt(String(value));
  return value;
}

export function compare(left: unknown, right: unknown): number {
  if (Decimal.isDecimal(left) && Decimal.isDecimal(right)) return left.cmp(right);
  const [a, b] = [left as string, right as string];
  return a < b ? -1 : a > b ? 1 : 0;
}

export function isTime(column: string): boolean {
  return /(^|_)at$|^since$|^current_period_/.test(column);
}

/** Of `2026-01-08 10:00:00.5+00` and `2026-01-08T10:00:00.5Z` alike; a text that sorts. */
function microseconds(text: string): string {
  const [, day, second, fraction = ''] = /^(\S{10})[ T](\d\d:\d\d:\d\d)\.?(\d*)/.exec(text) ?? [];
  return `${day} ${second}.${fraction.padEnd(6, '0')}`;
}

/** `2026-01-08 10:00:00.5+00` as the wire has it. */
export function wireTime(text: string): string {
  return text.replace(' ', 'T').replace('+00', 'Z');
}

export function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
