/** A place in the list to go on from, and what is there. */
interface Page {
  rows: Record<string, unknown>[];
  /** Null: that was all. */
  next: number | null;
}

/** Where a page begins: `from` a place, past `skip` rows; only those changed at or after `since`, ms of the epoch. */
interface PageRequest {
  from: number;
  skip: number;
  limit: number;
  since: number;
}

/** What is on the shelves: a few named products, and as many made-up ones as a test asks for. None of those is kept. */
export interface SimulatedStock {
  /** In the order of their SKUs, as the API shows them. */
  page(request: PageRequest): Page;
  find(sku: string): Record<string, unknown> | undefined;
  /** Sets how many there are of a named product, or takes it away. */
  set(sku: string, quantity: number | null): boolean;
  /** So many made-up products besides. */
  makeUp(count: number): void;
  /** Another 1 % of the made-up products has another quantity. */
  drift(): void;
  save(): unknown;
  restore(kept: unknown): void;
}

type Shelf = Map<string, { quantity: number; updatedAt: string }>;

const NAMED = [
  ['BOLT-8', 'Hex bolt M8', 'Ironworks', '0.35'],
  ['CBD-OIL-10', 'CBD oil 10 ml', 'VitalHemp', '29.90'],
  ['CBD-OIL-30', 'CBD oil 30 ml', 'VitalHemp', '69.90'],
  ['GUMMY-20', 'Gummies, 20 pieces', 'Sunleaf', '18.00'],
  ['SALVE-50', 'Salve 50 ml', 'Sunleaf', '24.50'],
  ['TEA-15', 'Herbal tea, 15 bags', 'Meadow', '7.25'],
] as const;
/** One in so many changes with each drift. */
const DRIFT = 100;

export function createSimulatedStock(): SimulatedStock {
  let shelf = fill();
  let madeUp = createMadeUp();
  const named = () => NAMED.filter(([sku]) => shelf.has(sku));
  const at = (index: number) => {
    const one = named()[index];
    return one ? show(NAMED.indexOf(one), shelf) : madeUp.show(index - named().length);
  };
  return {
    page: (request) => readPage(request, named().length + madeUp.count(), at),
    find(sku) {
      const index = NAMED.findIndex(([name]) => name === sku);
      if (index >= 0) return shelf.has(sku) ? show(index, shelf) : undefined;
      const number = /^SKU-(\d{8})$/.exec(sku)?.[1];
      return number !== undefined && Number(number) < madeUp.count() ? madeUp.show(Number(number)) : undefined;
    },
    set(sku, quantity) {
      if (!NAMED.some(([name]) => name === sku)) return false;
      if (quantity === null) shelf.delete(sku);
      else shelf.set(sku, { quantity, updatedAt: new Date().toISOString() });
      return true;
    },
    makeUp: (count) => madeUp.grow(count),
    drift: () => madeUp.drift(),
    save: () => [...shelf],
    restore(kept) {
      shelf = new Map(kept as [string, { quantity: number; updatedAt: string }][]);
      madeUp = createMadeUp();
    },
  };
}

function readPage(
  { from, skip, limit, since }: PageRequest,
  end: number,
  at: (index: number) => Record<string, unknown>,
): Page {
  const rows: Record<string, unknown>[] = [];
  let index = from;
  let left = skip;
  for (; index < end && rows.length < limit; index += 1) {
    const row = at(index);
    if (Date.parse(String(row['updated_at'])) < since) continue;
    if (left > 0) left -= 1;
    else rows.push(row);
  }
  return { rows, next: index < end ? index : null };
}

function fill(): Shelf {
  const updatedAt = new Date().toISOString();
  return new Map(NAMED.map(([sku], index) => [sku, { quantity: 100 * (index + 1), updatedAt }]));
}

/** Every second product under the other names that the document allows. */
function show(index: number, shelf: Shelf): Record<string, unknown> {
  const [sku, name, brand, price] = NAMED[index] as (typeof NAMED)[number];
  const { quantity, updatedAt } = shelf.get(sku) as { quantity: number; updatedAt: string };
  const [lot, certificate] = [`LOT-${1000 + index}`, `https://certificates.example/${sku}.pdf`];
  const common = { id: `prod_${index + 1}`, sku, quantity_available: quantity, updated_at: updatedAt };
  return index % 2 === 0
    ? {
        ...common,
        product_name: name,
        brand,
        price: Number(price),
        thc_content: '0.2%',
        batch_number: lot,
        coa_url: certificate,
      }
    : {
        ...common,
        product_name: name,
        manufacturer: brand,
        unit_price: price,
        thc_mg: 10 + index,
        lot_number: lot,
        certificate_url: certificate,
      };
}

/** Products that follow from their number, when they came to be and how often they have drifted since. */
function createMadeUp() {
  let grown: { end: number; at: string }[] = [];
  const drifts: string[] = [];
  const count = () => grown.at(-1)?.end ?? 0;
  return {
    count,
    grow(end: number): void {
      const kept = grown.filter((part) => part.end < end);
      const [cut] = grown.filter((part) => part.end >= end);
      const at = cut?.at ?? new Date().toISOString();
      grown = end === 0 ? [] : [...kept, { end, at }];
    },
    drift: (): void => void drifts.push(new Date().toISOString()),
    show(index: number): Record<string, unknown> {
      const rounds = Math.max(0, Math.floor((drifts.length - 1 - (index % DRIFT)) / DRIFT) + 1);
      const drifted = rounds === 0 ? undefined : drifts[(rounds - 1) * DRIFT + (index % DRIFT)];
      return makeUp(index, rounds, drifted ?? grown.find(({ end }) => index < end)?.at ?? '');
    },
  };
}

function makeUp(index: number, rounds: number, updatedAt: string): Record<string, unknown> {
  const sku = `SKU-${String(index).padStart(8, '0')}`;
  return {
    id: `prod_${sku}`,
    sku,
    product_name: `Product ${index}`,
    brand: `Brand ${index % 50}`,
    price: `${1 + (index % 90)}.90`,
    quantity_available: ((index * 7919) % 500) + rounds,
    batch_number: `LOT-${index % 1000}`,
    updated_at: updatedAt,
  };
}
