import { createHash } from 'node:crypto';

/** An item's card with what is read of it from other tables. */
export interface SimulatedItem {
  CODE: string;
  NAME: string;
  /** In hundredths. */
  cents: number;
  ONHAND: number;
  RESERVED: number;
}

/** An order as it was sent, with what Logo adds. */
export type SimulatedOrder = Record<string, unknown> & {
  INTERNAL_REFERENCE: number;
  NUMBER: string;
  DOC_NUMBER: string;
  TRANSACTIONS: { items: { MASTER_CODE: string; QUANTITY: number }[] };
};
/** What people of the firm have done with an order. */
export interface SimulatedProgress {
  cancelled: boolean;
  /** Of each line the same share: 0 to 1. */
  shipped: number;
}
export type SimulatedArp = Record<string, unknown> & { CODE: string };

const NAMES = ['Kırmızı Şapka', 'Yün Eldiven', 'Çelik Zil', 'Işıklı Gidon', 'Örgü Sepet', 'İpek Kuşak'];

/** What the firm's database holds. */
export class LogoStore {
  items: SimulatedItem[] = firstItems();
  arps = new Map<string, SimulatedArp>();
  orders = new Map<number, SimulatedOrder>();
  progress = new Map<number, SimulatedProgress>();

  /** A new order, or another content for the one that has this reference. */
  save(body: Omit<SimulatedOrder, 'INTERNAL_REFERENCE' | 'NUMBER'> & { NUMBER: string }, reference?: number) {
    const INTERNAL_REFERENCE = reference ?? this.newReference(String(body['DOC_TRACKING_NR']));
    const NUMBER = body.NUMBER === '~' ? String(this.orders.size + 1).padStart(8, '0') : body.NUMBER;
    const order = { ...body, INTERNAL_REFERENCE, NUMBER } as SimulatedOrder;
    this.orders.set(INTERNAL_REFERENCE, order);
    return order;
  }

  clear(): void {
    this.items = firstItems();
    this.arps.clear();
    this.orders.clear();
    this.progress.clear();
  }

  keep() {
    return { items: this.items, arps: [...this.arps], orders: [...this.orders], progress: [...this.progress] };
  }

  progressOf({ INTERNAL_REFERENCE }: SimulatedOrder): SimulatedProgress {
    return this.progress.get(INTERNAL_REFERENCE) ?? { cancelled: false, shipped: 0 };
  }

  restore({ items, arps, orders, progress }: ReturnType<LogoStore['keep']>): void {
    this.items = items;
    this.arps = new Map(arps);
    this.orders = new Map(orders);
    this.progress = new Map(progress);
  }

  /** Made of the order's own number, so that a firm that starts anew gives no reference that another order had. */
  private newReference(tracking: string): number {
    let reference = createHash('sha256').update(tracking).digest().readUIntBE(0, 3) + 1;
    while (this.orders.has(reference)) reference += 1;
    return reference;
  }
}

function firstItems(): SimulatedItem[] {
  return Array.from({ length: 30 }, (_, index) => ({
    CODE: `SKU-${String(index + 1).padStart(2, '0')}`,
    NAME: `${NAMES[index % NAMES.length]} ${index + 1}`,
    cents: (index + 1) * 98_750 + 99,
    ONHAND: 10 * (index + 1),
    RESERVED: index % 4,
  }));
}
