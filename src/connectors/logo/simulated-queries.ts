import type { LogoStore, SimulatedItem } from './simulated-store.js';

const LIRA = 160;

/** Answers the two queries that the hub asks. Every third price is printed as a server prints it whose language is Turkish. */
export function answerQuery(sql: string, { items }: LogoStore): { items: unknown[] } {
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
