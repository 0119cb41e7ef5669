import { z } from 'zod';
import type { Tx } from '../../db/database.js';
import { lineTotal } from '../../model/totals.js';
import { amount, label, text } from '../check-input.js';

const lineSchema = z.object({
  sku: label(),
  name: text(),
  quantity: z.number().int().min(1, 'must be 1 or more'),
  unitPrice: amount,
  total: amount.nullish(),
});

export const linesSchema = z
  .array(lineSchema)
  .min(1, 'needs at least one line')
  .max(10_000, 'has more than 10000 lines');

const INSERT = `insert into order_lines (order_id, merchant_id, line_no, sku, name, quantity, unit_price, total)
select $1, $2, * from unnest($3::int[], $4::text[], $5::text[], $6::int[], $7::numeric[], $8::numeric[])`;

/** Writes the lines of an order that has none, numbered from 1. */
export async function writeLines(
  tx: Tx,
  merchantId: string,
  orderId: string,
  lines: z.infer<typeof linesSchema>,
): Promise<void> {
  await tx.sql(INSERT, [
    orderId,
    merchantId,
    lines.map((_, index) => index + 1),
    lines.map(({ sku }) => sku),
    lines.map(({ name }) => name ?? null),
    lines.map(({ quantity }) => quantity),
    lines.map(({ unitPrice }) => unitPrice),
    lines.map(lineTotal),
  ]);
}
