import { finished } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { PulledProduct, PulledStock, RowProblem } from '../../connectors/pull.js';

const CREATE = `create temp table staged (
  n int generated always as identity, sku text not null, location text not null, name text, brand text, barcode text,
  price numeric, currency text, thc text, batch_number text, coa_link text, on_hand int, reserved int, available int);
create temp table unread (sku text not null)`;

const COPY = `copy staged (sku, location, name, brand, barcode, price, currency, thc, batch_number, coa_link,
  on_hand, reserved, available)
from stdin`;

/** Without statistics the merge would be planned for an empty table. */
const PREPARE = 'create index on staged (sku, location, n); create index on unread (sku); analyze staged, unread';

const ADD_UNREAD = 'insert into unread select unnest($1::text[])';

const ESCAPED: Record<string, string> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

export type StagedRow = PulledProduct & Partial<PulledStock>;

/**
 * Rows of one run, in a temporary table of the run's own connection: outside the write-ahead log, seen by nobody else,
 * gone with the connection however that ends.
 */
export async function createStage(client: pg.Client): Promise<void> {
  await client.query(CREATE);
}

export async function stageRows(client: pg.Client, rows: readonly StagedRow[]): Promise<void> {
  if (rows.length === 0) return;
  const copy = client.query(copyFrom(COPY));
  copy.end(rows.map(toLine).join(''));
  await finished(copy);
}

/** Whose rows could not be taken: they are there all the same. */
export async function stageUnread(client: pg.Client, problems: readonly RowProblem[]): Promise<void> {
  const skus = problems.flatMap(({ sku }) => (sku && !sku.includes('\0') ? [sku] : []));
  if (skus.length > 0) await client.query(ADD_UNREAD, [skus]);
}

/** To be called when all rows are staged, before they are merged. */
export async function prepareMerge(client: pg.Client): Promise<void> {
  await client.query(PREPARE);
}

function toLine(row: StagedRow): string {
  const { sku, location = '', name, brand, barcode, price, currency, thc, batchNumber, coaLink } = row;
  const product = [sku, location, name, brand?.trim() || null, barcode, price, currency, thc, batchNumber, coaLink];
  const values = [...product, row.onHand, row.reserved, row.available];
  return `${values.map(toField).join('\t')}\n`;
}

function toField(value: string | number | null | undefined): string {
  if (value === null || value === undefined) return '\\N';
  return String(value).replace(/[\\\n\r\t]/g, (character) => ESCAPED[character] as string);
}
