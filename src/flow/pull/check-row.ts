import type { PulledProduct, PulledStock, RowProblem } from '../../connectors/pull.js';

const LONGEST_TEXT = 1000;
const LONGEST_VALUE = 200;
const MOST = 2_147_483_647;
const DECIMAL = /^-?\d{1,30}(\.\d{1,20})?$/;

type Row = PulledProduct & Partial<PulledStock>;
type Check = [column: keyof PulledStock, isRight: (value: unknown) => boolean, rule: string];

const isText = (value: unknown) => typeof value === 'string' && value.length <= LONGEST_TEXT && !value.includes('\0');
const isNullOr = (test: (value: unknown) => boolean) => (value: unknown) =>
  value === null || value === undefined || test(value);
const isWhole = (value: unknown) => Number.isInteger(value) && Math.abs(value as number) <= MOST;

const OF_PRODUCTS: Check[] = [
  ['sku', (value) => isText(value) && value !== '', `a text of 1 to ${LONGEST_TEXT} characters`],
  ...(['name', 'brand', 'barcode', 'currency', 'thc', 'batchNumber', 'coaLink'] as const).map(
    (column): Check => [column, isNullOr(isText), `a text of at most ${LONGEST_TEXT} characters`],
  ),
  ['price', isNullOr((value) => DECIMAL.test(String(value))), 'a decimal such as 19.99'],
];
const OF_STOCK: Check[] = [
  ...OF_PRODUCTS,
  ['location', isText, `a text of at most ${LONGEST_TEXT} characters`],
  ...(['onHand', 'reserved', 'available'] as const).map(
    (column): Check => [column, isWhole, 'a whole number of at most 2147483647'],
  ),
];

/** What keeps a row from being stored, whatever its connector let through; null: nothing. `line` is its place in the run. */
export function findProblem(row: Row, kind: 'PRODUCT' | 'INVENTORY', line: number): RowProblem | null {
  for (const [column, isRight, rule] of kind === 'PRODUCT' ? OF_PRODUCTS : OF_STOCK) {
    if (isRight(row[column])) continue;
    // A SKU that cannot be stored is none that is known.
    const sku = column === 'sku' ? '' : row.sku;
    return { line, column, value: String(row[column]).slice(0, LONGEST_VALUE), rule, sku };
  }
  return null;
}
