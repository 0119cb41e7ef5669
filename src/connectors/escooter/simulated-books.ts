import { createHash } from 'node:crypto';

/** An article and how much of it. */
export interface ErpItem {
  sku: string;
  qty: number;
}

/** An order in the simulated ERP; `id` is the reference that the ERP gives. */
export interface ErpOrder {
  id: string;
  number: string;
  orderId: string | null;
  status: string;
  items: ErpItem[];
  totals: Record<string, unknown>;
}

const OPENING_STOCK = 100;

/** What the ERP keeps: orders by their reference, and how much there is of each article. */
export class ErpBooks {
  private orders = new Map<string, ErpOrder>();
  private stock = new Map<string, number>();

  find(id: string): ErpOrder | null {
    return this.orders.get(id) ?? null;
  }

  all(): ErpOrder[] {
    return [...this.orders.values()];
  }

  /** The order of that number with what was given, or a new one, whose articles leave the stock. */
  take(given: Omit<ErpOrder, 'id' | 'status'>): { order: ErpOrder; isNew: boolean } {
    const known = this.all().find(({ number }) => number === given.number);
    if (known) return { order: Object.assign(known, given), isNew: false };
    const order = { id: this.newReference(given.number), status: 'accepted', ...given };
    this.orders.set(order.id, order);
    for (const { sku, qty } of order.items) this.stock.set(sku, this.stockOf(sku) - qty);
    return { order, isNew: true };
  }

  private stockOf(sku: string): number {
    return this.stock.get(sku) ?? OPENING_STOCK;
  }

  /** How much there is of each of these articles. */
  stockOfAll(items: ErpItem[]): ErpItem[] {
    return items.map(({ sku }) => ({ sku, qty: this.stockOf(sku) }));
  }

  setStock(items: ErpItem[]): void {
    for (const { sku, qty } of items) this.stock.set(sku, qty);
  }

  state() {
    return { orders: this.all(), stock: [...this.stock].map(([sku, qty]) => ({ sku, qty })) };
  }

  restore({ orders, stock }: { orders: ErpOrder[]; stock: ErpItem[] }): void {
    this.orders = new Map(orders.map((order) => [order.id, order]));
    this.stock = new Map(stock.map(({ sku, qty }) => [sku, qty]));
  }

  /** A piece of the order's own number keeps an ERP that starts anew from giving a reference that another order had. */
  private newReference(number: string): string {
    return `ERP-${this.orders.size + 1}-${createHash('sha256').update(number).digest('hex').slice(0, 8)}`;
  }
}
