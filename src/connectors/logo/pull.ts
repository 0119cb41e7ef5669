import type { PulledPage, PulledProduct, PulledStock, RowProblem } from '../pull.js';
import { problemAt } from '../upstream/read-rows.js';
import { toPage } from '../upstream/to-page.js';
import type { LogoClient } from './client.js';
import type { LogoSettings } from './settings.js';
import { foldTurkish } from './turkish.js';
import { amountText, type Item, type PriceRow, type StockRow } from './wire.js';

/** Numbers by which Logo means the lira, whatever the books' own currency is. */
const LIRA = [0, 53, 160];

/** Every item with its sales price, page by page; `whole`: with all that Logo has of it. */
export async function* pullProducts(
  client: LogoClient,
  settings: LogoSettings,
  signal: AbortSignal,
  whole: boolean,
): AsyncGenerator<PulledPage<PulledProduct>> {
  const list = (offset: number, limit: number) => client.listItems(offset, limit, whole);
  for await (const { rows, from } of pages(settings, signal, list)) {
    const prices = await pricesOf(client, rows);
    const made = rows.map((item, index) => productOf(item, prices, from + index + 1, settings));
    yield toPage(
      rows.map((item) => ({ ...item, ...prices.get(foldTurkish(item.CODE)), CODE: item.CODE })),
      made,
      from,
    );
  }
}

/** The stock of every item, page by page. */
export async function* pullStock(
  client: LogoClient,
  settings: LogoSettings,
  signal: AbortSignal,
): AsyncGenerator<PulledPage<PulledStock>> {
  for await (const { rows, from } of pages(settings, signal, client.listStock)) {
    yield toPage(
      rows,
      rows.map((row, index) => stockOf(row, from + index + 1, settings)),
      from,
    );
  }
}

/**
 * Logo may answer with less than it was asked for: only an empty page is the end for certain, or the same page again, from
 * a server that knows no offset.
 */
async function* pages<Row extends { CODE: string }>(
  { pageSize }: LogoSettings,
  signal: AbortSignal,
  read: (offset: number, limit: number) => Promise<Row[]>,
): AsyncGenerator<{ rows: Row[]; from: number }> {
  let before: string | undefined;
  for (let from = 0; !signal.aborted; ) {
    const rows = await read(from, pageSize);
    const [first] = rows;
    if (!first || first.CODE === before) return;
    before = first.CODE;
    yield { rows, from };
    from += rows.length;
  }
}

/** The last one of an item counts; the database compares codes by Turkish rules, and so does this. */
async function pricesOf(client: LogoClient, items: Item[]): Promise<Map<string, PriceRow>> {
  const rows = await client.listPrices(items.map(({ CODE }) => CODE));
  return new Map(rows.map((row) => [foldTurkish(row.CODE), row]));
}

function productOf(
  { CODE: sku, NAME: name }: Item,
  prices: Map<string, PriceRow>,
  line: number,
  settings: LogoSettings,
): PulledProduct | RowProblem {
  if (sku === '') return problemAt(line, 'CODE', '', 'must not be empty');
  const row = prices.get(foldTurkish(sku));
  const price = amountText(row?.PRICE);
  if (row?.PRICE != null && (price === null || price.startsWith('-')))
    return problemAt(line, 'PRICE', row.PRICE, 'must be an amount of at least 0', sku);
  const currency = price === null ? null : currencyOf(row?.CURRENCY ?? 0, settings);
  return { sku, name, brand: null, barcode: null, price: currency === null ? null : price, currency };
}

/** Null: a number that the settings do not name; its amounts mean nothing here. */
function currencyOf(number: number, { localCurrency, currencyNumbers }: LogoSettings): string | null {
  const named = Object.entries(currencyNumbers).find(([, known]) => known === number)?.[0];
  return named ?? (LIRA.includes(number) ? localCurrency : null);
}

/** Logo keeps parts of a unit (kilograms), the hub whole ones: what is not whole is a problem. */
function stockOf(
  { CODE: sku, NAME: name, ONHAND, RESERVED }: StockRow,
  line: number,
  { warehouseCode: location = '' }: LogoSettings,
): PulledStock | RowProblem {
  if (sku === '') return problemAt(line, 'CODE', '', 'must not be empty');
  const onHand = wholeOf(ONHAND);
  const reserved = wholeOf(RESERVED);
  if (onHand === null) return problemAt(line, 'ONHAND', ONHAND, 'must be a whole number', sku);
  if (reserved === null) return problemAt(line, 'RESERVED', RESERVED, 'must be a whole number', sku);
  const nothing = { brand: null, barcode: null, price: null, currency: null };
  return { sku, name, ...nothing, location, onHand, reserved, available: Math.max(0, onHand - reserved) };
}

/** What is below zero is out of stock. */
function wholeOf(value: number | string | null | undefined): number | null {
  const text = amountText(value ?? 0) ?? '';
  return /^-?\d+(\.0+)?$/.test(text) ? Math.max(0, Number(text)) : null;
}
