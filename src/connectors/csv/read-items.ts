import type { PulledPage, PulledProduct, PulledStock } from '../pull.js';
import { type Columns } from './fields.js';
import type { OpenTable } from './open-table.js';
import type { RawRow } from './raw-table.js';
import { Cells, type Notation } from './read-cells.js';

/** What the rows of one file are read by. */
export interface Reading<Of extends 'products' | 'stock' | 'orders'> {
  table: OpenTable;
  columns: Columns<Of>;
  notation: Notation;
  defaultCurrency: string | null;
  /** Fields that rules write. */
  mapped: ReadonlySet<string>;
  signal: AbortSignal;
}

/** Products or prices: what a file does not say is left as it is. */
export function readProducts(reading: Reading<'products'>): AsyncGenerator<PulledPage<PulledProduct>> {
  return readRows(reading, (cells) => productOf(cells, reading.defaultCurrency));
}

/** Stock; what is available follows from what is on hand and reserved, unless the file says it. */
export function readStock(reading: Reading<'stock'>): AsyncGenerator<PulledPage<PulledStock>> {
  return readRows(reading, (cells) => {
    const stock = stockOf(cells);
    if (stock.onHand === null && cells.problems.length === 0) cells.wrong('onHand', 'must not be empty');
    const product = productOf(cells as unknown as Cells<'products'>, reading.defaultCurrency);
    return { ...product, ...stock, onHand: stock.onHand ?? 0 };
  });
}

/** The stock of a file of products, where a row says any. */
export function readStockBeside(
  products: Reading<'products'>,
  columns: Columns<'stock'>,
  mapped: ReadonlySet<string>,
): AsyncGenerator<PulledPage<PulledStock>> {
  const { table, notation } = products;
  const isTold = (raw: RawRow) => {
    const cells = new Cells(raw, products.columns, notation, products.mapped);
    checkWidth(raw, table.header, cells);
    productOf(cells, null);
    return cells.problems.length === 0 && (raw.cells[columns.get('onHand')?.index ?? -1] ?? '').trim() !== '';
  };
  const read = async function* (signal: AbortSignal) {
    for await (const { rows } of table.read(signal)) yield { rows: rows.filter(isTold), problems: [] };
  };
  return readRows({ ...products, columns, mapped, table: { ...table, read } }, (cells: Cells<'stock'>) => {
    const { onHand, ...stock } = stockOf(cells);
    return { ...NOTHING_NEW, sku: cells.required('sku'), ...stock, onHand: onHand ?? 0 };
  });
}

const NOTHING_NEW = { name: null, brand: null, barcode: null, price: null, currency: null };

function stockOf(cells: Cells<'stock'>): Omit<PulledStock, keyof PulledProduct | 'onHand'> & { onHand: number | null } {
  const onHand = cells.whole('onHand');
  const reserved = cells.whole('reserved') ?? 0;
  const available = cells.whole('available') ?? (onHand ?? 0) - reserved;
  return { location: cells.text('location') ?? '', onHand, reserved, available };
}

function productOf(cells: Cells<'products'>, defaultCurrency: string | null): PulledProduct {
  const price = cells.amount('price');
  if (price?.startsWith('-')) cells.wrong('price', 'an amount of at least 0');
  const currency = cells.text('currency')?.toUpperCase() ?? null;
  if (currency !== null && !/^[A-Z]{3}$/.test(currency)) cells.wrong('currency', 'a currency of three letters');
  return {
    sku: cells.required('sku'),
    name: cells.text('name'),
    brand: cells.text('brand'),
    barcode: cells.text('barcode'),
    price,
    currency: currency ?? (price === null ? null : defaultCurrency),
  };
}

async function* readRows<Of extends 'products' | 'stock', Row>(
  { table, columns, notation, mapped, signal }: Reading<Of>,
  read: (cells: Cells<Of>) => Row,
): AsyncGenerator<PulledPage<Row>> {
  for await (const { rows, problems } of table.read(signal)) {
    const taken: RawRow[] = [];
    const page = {
      rows: [] as Row[],
      problems: [...problems],
      source: (index: number) => recordOf(table.header, taken[index]),
      line: (index: number) => taken[index]?.line ?? 0,
    };
    for (const raw of rows) {
      const cells = new Cells(raw, columns, notation, mapped);
      checkWidth(raw, table.header, cells as Cells<'products'>);
      const row = read(cells);
      if (cells.problems.length > 0) {
        page.problems.push(...cells.problems);
        continue;
      }
      page.rows.push(row);
      taken.push(raw);
    }
    yield page;
  }
}

/** A record as rules read it: its cells by the names in the header, e.g. `Stok Kodu`. */
export function recordOf(header: readonly string[], row: RawRow | undefined): Record<string, string> {
  return Object.fromEntries(header.map((name, index) => [name, row?.cells[index]?.trim() ?? '']));
}

/** A record with more columns than the header has lost its way: an unquoted delimiter moves everything behind it. */
export function checkWidth(
  { line, cells }: RawRow,
  header: readonly string[],
  { problems }: { problems: Cells<'products'>['problems'] },
): void {
  const beyond = cells.slice(header.length).find((cell) => cell.trim() !== '');
  if (beyond === undefined) return;
  problems.push({
    line,
    column: String(header.length + 1),
    value: beyond.slice(0, 200),
    rule: `at most ${header.length} columns, as the header has`,
  });
}
