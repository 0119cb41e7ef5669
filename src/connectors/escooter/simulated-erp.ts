import { createHash, randomUUID } from 'node:crypto';
import type { BuildSystem, SimulatorKit } from '../simulator/kit.js';
import type { WebhookOrder } from '../simulator/webhook-order.js';
import type { OutgoingWebhook } from '../simulator/webhook-sender.js';
import { signatureOf } from './signature.js';
import type { ErpOrder } from './simulated-order.js';
import { registerErpRoutes } from './simulated-routes.js';

/** What the ERP keeps: orders by their reference, and how much there is of each article. */
export interface ErpBooks {
  orders: Map<string, ErpOrder>;
  stock: Map<string, number>;
}

const OPENING_STOCK = 100;
const LIFE = ['accepted', 'processing', 'shipped', 'delivered'];

/** An ERP that behaves like a real one: checks keys and signatures, knows an order by its increment id, and keeps stock. */
export const buildErp: BuildSystem = (app, kit) => {
  const books: ErpBooks = { orders: new Map(), stock: new Map() };
  const tell = (wishes: Wishes) => kit.webhooks.sendUntilTaken(erpWebhook(kit, books, wishes));
  const move = (order: ErpOrder, status: string, tellHub: boolean) => {
    order.status = status;
    if (tellHub) tell({ order });
  };
  const live = (order: ErpOrder) => {
    const next = LIFE[LIFE.indexOf(order.status) + 1];
    if (!kit.options.lifecycle || next === undefined || !LIFE.includes(order.status)) return;
    const step = () => {
      if (books.orders.get(order.id) !== order) return;
      move(order, next, true);
      live(order);
    };
    setTimeout(step, kit.options.stepMs * (0.5 + kit.random.next())).unref();
  };
  registerErpRoutes(app, kit, {
    take(given) {
      const known = [...books.orders.values()].find(({ number }) => number === given.number);
      const order = known ?? { id: referenceOf(books, given.number), status: 'accepted', ...given };
      if (known) return Object.assign(known, given);
      books.orders.set(order.id, order);
      for (const { sku, qty } of order.items) changeStock(books, sku, -qty);
      if (kit.options.lifecycle) tell({ items: stockOf(books, order.items) });
      live(order);
      return order;
    },
    setStock(items, more) {
      for (const { sku, qty } of items) books.stock.set(sku, qty);
      tell({ items, data: more });
    },
  });
  return {
    state: () => ({
      orders: [...books.orders.values()],
      stock: [...books.stock].map(([sku, qty]) => ({ sku, qty })),
    }),
    clear() {
      books.orders.clear();
      books.stock.clear();
    },
    move(id, status, tellHub) {
      const order = books.orders.get(id);
      if (!order) return null;
      move(order, status, tellHub);
      return order;
    },
    webhook(wishes) {
      const order = books.orders.get(wishes.id);
      return order ? erpWebhook(kit, books, { order, ...wishes }) : null;
    },
    save: () => ({ orders: [...books.orders], stock: [...books.stock] }),
    restore(kept) {
      const { orders, stock } = kept as { orders: [string, ErpOrder][]; stock: [string, number][] };
      books.orders = new Map(orders);
      books.stock = new Map(stock);
      for (const order of books.orders.values()) live(order);
    },
  };
};

/** A piece of the order's own number keeps an ERP that starts anew from giving a reference that another order had. */
function referenceOf({ orders }: ErpBooks, number: string): string {
  return `ERP-${orders.size + 1}-${createHash('sha256').update(number).digest('hex').slice(0, 8)}`;
}

function changeStock({ stock }: ErpBooks, sku: string, by: number): void {
  stock.set(sku, (stock.get(sku) ?? OPENING_STOCK) + by);
}

function stockOf({ stock }: ErpBooks, items: ErpOrder['items']): ErpOrder['items'] {
  return [...new Set(items.map(({ sku }) => sku))].map((sku) => ({ sku, qty: stock.get(sku) ?? OPENING_STOCK }));
}

type Wishes = Partial<WebhookOrder> & { order?: ErpOrder; items?: ErpOrder['items'] };

/** The callback about an order or about stock, signed as the ERP does. */
function erpWebhook(kit: SimulatorKit, books: ErpBooks, { order, items, ...wishes }: Wishes): OutgoingWebhook {
  const event = {
    ...(order && {
      orderIncrementId: order.number,
      orderId: order.orderId,
      erpReference: order.id,
      status: wishes.status ?? order.status,
      ...(order.status === 'shipped' && { trackingNumbers: [`TRK${String(books.orders.size).padStart(9, '0')}`] }),
    }),
    ...(items && { items }),
    timestamp: wishes.timestamp ?? new Date().toISOString(),
    ...wishes.data,
  };
  const body = wishes.rawBody ?? JSON.stringify(event);
  const { signature = 'good', eventId = randomUUID() } = wishes;
  const secret = signature === 'good' ? kit.options.apiSecret : `not ${kit.options.apiSecret}`;
  const headers: Record<string, string> = signature === 'missing' ? {} : { 'X-Signature': signatureOf(body, secret) };
  return { eventId, path: wishes.path ?? '', headers, body };
}
