import { createHash } from 'node:crypto';
import { OrderStatus } from '../../model/statuses.js';
import type { InboundEvent } from '../connector.js';
import type { InboundOrder, PulledPage, RowProblem } from '../pull.js';
import type { RawRow } from './raw-table.js';
import { Cells } from './read-cells.js';
import { checkWidth, type Reading, recordOf } from './read-items.js';

/** Their numbers are kept in memory, so that one whose lines are scattered is noticed. */
const MOST_ORDERS = 1_000_000;
const MOST_LINES = 10_000;
const ORDERS_A_PAGE = 200;

export interface OrderReading extends Reading<'orders'> {
  statusMappings: Readonly<Record<string, OrderStatus>>;
  /** Of orders that do not say when they changed: the file's own time. */
  writtenAt: Date;
}

type EventPage = Required<Pick<PulledPage<InboundEvent>, 'rows' | 'problems'>>;

/** The records of one order, which stand together. */
interface Group {
  number: string;
  rows: RawRow[];
  problems: RowProblem[];
}

/** One event per order. An order of which a line is wrong is not taken at all; the others are. */
export async function* readOrders(reading: OrderReading): AsyncGenerator<PulledPage<InboundEvent>> {
  const seen = new Set<string>();
  let page: EventPage = { rows: [], problems: [] };
  for await (const group of groupsOf(reading)) {
    if (group.number === '') page.problems.push(...group.problems);
    else take(reading, group, seen, page);
    if (page.rows.length + page.problems.length < ORDERS_A_PAGE) continue;
    yield page;
    page = { rows: [], problems: [] };
  }
  yield page;
}

function take(reading: OrderReading, group: Group, seen: Set<string>, page: EventPage): void {
  const first = new Cells(group.rows[0] as RawRow, reading.columns, reading.notation);
  if (seen.has(group.number)) first.wrong('number', 'lines of one order must stand together');
  else if (seen.size >= MOST_ORDERS) first.wrong('number', `at most ${MOST_ORDERS} orders in one file`);
  else seen.add(group.number);
  const event = eventOf(reading, group, first);
  const problems = [...group.problems, ...first.problems];
  if (problems.length === 0) page.rows.push(event);
  else page.problems.push(...problems);
}

/** Collects consecutive records of one number. Broken records come as a group without a number. */
async function* groupsOf({ table, columns, signal }: OrderReading): AsyncGenerator<Group> {
  let group: Group | null = null;
  for await (const { rows, problems } of table.read(signal)) {
    if (problems.length > 0) yield { number: '', rows: [], problems };
    for (const row of rows) {
      const number = row.cells[columns.get('number')?.index ?? -1]?.trim() ?? '';
      if (group && group.number === number && number !== '' && group.rows.length < MOST_LINES) {
        group.rows.push(row);
        continue;
      }
      if (group) yield group;
      const header = columns.get('number')?.header ?? 'number';
      group = {
        number,
        rows: [row],
        problems: number === '' ? [{ line: row.line, column: header, value: '', rule: 'must not be empty' }] : [],
      };
    }
  }
  if (group) yield group;
}

function eventOf(reading: OrderReading, { number, rows, problems }: Group, first: Cells<'orders'>): InboundEvent {
  const lines = rows.map((row, index) => {
    const cells = index === 0 ? first : new Cells(row, reading.columns, reading.notation);
    checkWidth(row, reading.table.header, cells);
    const line = lineOf(cells);
    if (index > 0) problems.push(...cells.problems);
    return line;
  });
  const order = orderOf(reading, number, first, lines);
  const sourceStatus = first.text('status');
  const content = JSON.stringify(rows.map(({ cells }) => cells));
  return {
    eventId: `file:${number}:${createHash('sha256').update(content).digest('hex').slice(0, 32)}`,
    eventType: 'order.in-file',
    entityType: 'ORDER',
    reference: { externalId: number, entityId: null, number },
    occurredAt: first.instant('updatedAt') ?? reading.writtenAt.toISOString(),
    sourceStatus,
    status: sourceStatus === null ? null : statusOf(sourceStatus, reading.statusMappings),
    order,
    payload: { line: rows[0]?.line, rows: rows.map((row) => recordOf(reading.table.header, row)) },
  };
}

function lineOf(cells: Cells<'orders'>): InboundOrder['lines'][number] {
  const quantity = cells.whole('quantity');
  const unitPrice = cells.amount('unitPrice');
  if (quantity === null) requireField(cells, 'quantity');
  else if (quantity < 1) cells.wrong('quantity', 'a whole number of at least 1');
  if (unitPrice === null) requireField(cells, 'unitPrice');
  return {
    sku: cells.required('sku'),
    name: cells.text('name'),
    quantity: quantity ?? 0,
    unitPrice: unitPrice ?? '0',
    total: cells.amount('lineTotal'),
  };
}

function requireField(cells: Cells<'orders'>, field: 'quantity' | 'unitPrice'): void {
  if (cells.text(field) === null) cells.wrong(field, 'must not be empty');
}

function orderOf(
  { defaultCurrency }: OrderReading,
  number: string,
  cells: Cells<'orders'>,
  lines: InboundOrder['lines'],
): InboundOrder {
  const currency = cells.text('currency')?.toUpperCase() ?? defaultCurrency;
  if (currency === null || !/^[A-Z]{3}$/.test(currency))
    cells.wrong('currency', 'a currency of three letters, here or as defaultCurrency');
  const customer = {
    reference: cells.text('customerReference'),
    name: cells.text('customerName'),
    email: cells.text('customerEmail'),
    phone: cells.text('customerPhone'),
  };
  const amounts = {
    subtotal: cells.amount('subtotal'),
    tax: cells.amount('tax'),
    shipping: cells.amount('shipping'),
    discount: cells.amount('discount'),
    grandTotal: cells.amount('grandTotal'),
  };
  return {
    number,
    currency: currency ?? '',
    placedAt: cells.instant('placedAt'),
    customer: Object.values(customer).some((value) => value !== null) ? customer : null,
    lines,
    totals: Object.values(amounts).some((value) => value !== null) ? amounts : null,
    shippingAddress: addressOf(cells),
    billingAddress: null,
    deliveryMethod: cells.text('deliveryMethod'),
    notes: cells.text('notes'),
  };
}

function addressOf(cells: Cells<'orders'>): InboundOrder['shippingAddress'] {
  const line1 = cells.text('shippingLine1');
  if (line1 === null) return null;
  return {
    name: cells.text('shippingName'),
    company: null,
    line1,
    line2: cells.text('shippingLine2'),
    city: cells.text('shippingCity'),
    region: cells.text('shippingRegion'),
    postalCode: cells.text('shippingPostalCode'),
    country: cells.text('shippingCountry'),
    phone: null,
  };
}

/** By the integration's own table first, then by the hub's names, whatever their case. */
function statusOf(text: string, own: Readonly<Record<string, OrderStatus>>): OrderStatus | null {
  if (Object.hasOwn(own, text)) return own[text] ?? null;
  const name = text.toUpperCase().replace(/[\s-]+/g, '_');
  return Object.hasOwn(OrderStatus, name) ? (name as OrderStatus) : null;
}
