import { add, multiplyExactly } from '../model/money.js';
import type { UpstreamRecord } from './connector.js';

/** A line as it is compared; null: not told, or not to be read. */
export interface ComparedLine {
  sku: string | null;
  /** Exact decimal text. */
  quantity: string | null;
  unitPrice: string | null;
}

/** The lines of an order by their place, `lines[0].sku` and so on, and `linesTotal`, what they come to. */
export function lineFields(lines: readonly ComparedLine[]): UpstreamRecord['fields'] {
  const each = lines.flatMap(({ sku, quantity, unitPrice }, index) => [
    [`lines[${index}].sku`, sku],
    [`lines[${index}].quantity`, quantity],
    [`lines[${index}].unitPrice`, unitPrice],
  ]);
  const totals = lines.map(({ quantity, unitPrice }) =>
    quantity === null || unitPrice === null ? null : multiplyExactly(unitPrice, quantity),
  );
  const known = totals.filter((total) => total !== null);
  const linesTotal = known.length === lines.length && known.length > 0 ? add(...known) : null;
  return { ...Object.fromEntries(each), linesTotal };
}
