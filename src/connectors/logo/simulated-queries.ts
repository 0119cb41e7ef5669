import type { LogoStore, SimulatedItem, SimulatedOrder } from './simulated-store.js';

const LIRA = 160;

/** Answers the three queries that the hub asks. Every third price is printed as a server prints it whose language is Turkish. */
export function answerQuery(sql: string, store: LogoStore): { items: unknown[] } {
  const { items } = store;
  if (sql.includes('_ORFICHE')) {
    const references = /LOGICALREF IN \(([\d,]*)\)/.exec(sql)?.[1]?.split(',').map(Number) ?? [];
    return { items: references.flatMap((reference) => stateOf(store, store.orders.get(reference))) };
  }
  if (sql.includes('_PRCLIST')) {
    const codes = [...sql.matchAll(/'((?:[^']|'')*)'/g)].map(([, code = '']) => code.replaceAll("''", "'"));
    return { items: items.filter(({ CODE }) => codes.includes(CODE)).map(priceOf) };
  }
  const [, offset = '0', limit = '0'] = /OFFSET (\d+) ROWS FETCH NEXT (\d+) ROWS ONLY$/.exec(sql) ?? [];
  const page = items.slice(Number(offset), Number(offset) + Number(limit));
  return { items: page.map(({ CODE, NAME, ONHAND, RESERVED }) => ({ CODE, NAME, ONHAND, RESERVED })) };
}

function priceOf({ CODE, cents }: SimulatedItem, index: number) {
  const turkish = new Intl.NumberFormat('tr', { minimumFractionDigits: 2 }).format(cents / 100);
  return { CODE, PRICE: index % 3 === 2 ? turkish : cents / 100, CURRENCY: LIRA };
}

function stateOf(store: LogoStore, order: SimulatedOrder | undefined): unknown[] {
  if (!order) return [];
  const { cancelled, shipped } = store.progressOf(order);
  const lines = order.TRANSACTIONS.items;
  return [
    {
      REFERENCE: order.INTERNAL_REFERENCE,
      ...{ CUSTORDNO: order['CUST_ORD_NO'], GENEXP1: order['NOTES1'], STATUS: order['ORDER_STATUS'] },
      CANCELLED: cancelled ? 1 : 0,
      SHIPPED: lines.reduce((sum, { QUANTITY }) => sum + QUANTITY * shipped, 0),
      OPENLINES: shipped === 1 ? 0 : lines.length,
    },
  ];
}
