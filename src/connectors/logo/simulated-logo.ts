import type { BuildSystem, SimulatorKit } from '../simulator/kit.js';
import { createRandom } from '../simulator/random.js';
import { registerLogo } from './simulated-routes.js';
import { registerSignIn } from './simulated-sign-in.js';
import { LogoStore, type SimulatedOrder } from './simulated-store.js';

const ORDER_STATUSES: Record<string, number> = { proposal: 1, blocked: 2, approved: 4 };
const SHIPPED: Record<string, number> = { partially_shipped: 0.5, shipped: 1 };

/** A Logo firm behind Objects REST: items whose stock moves, accounts, sales orders. */
export const buildLogo: BuildSystem = (app, kit) => {
  const store = new LogoStore();
  const signIns = registerSignIn(app, kit);
  registerLogo(app, kit, store);
  if (kit.options.lifecycle) {
    moveStock(kit, store);
    bookDispatches(kit, store);
  }
  return {
    state: () => ({
      orders: [...store.orders.values()].map(shown),
      arps: [...store.arps.values()],
      items: store.items,
      signIns: [{ refusals: signIns.refusals() }],
    }),
    clear() {
      store.clear();
      signIns.clear();
    },
    /** An order's `status` is what people there do with it; an item's is its stock. */
    move(id, status) {
      const order = store.orders.get(Number(id));
      if (order) return decide(store, order, status);
      const item = store.items.find(({ CODE }) => CODE === id);
      if (item) item.ONHAND = Number(status);
      return item ?? null;
    },
    webhook: () => null,
    save: () => store.keep(),
    restore: (kept) => store.restore(kept as ReturnType<LogoStore['keep']>),
  };
};

function decide(store: LogoStore, order: SimulatedOrder, word: string): SimulatedOrder | null {
  const orderStatus = ORDER_STATUSES[word] ?? (/^\d$/.test(word) ? Number(word) : undefined);
  const shipped = SHIPPED[word];
  if (orderStatus !== undefined) order['ORDER_STATUS'] = orderStatus;
  else if (word === 'cancelled' || shipped !== undefined) {
    store.progress.set(order.INTERNAL_REFERENCE, { cancelled: shipped === undefined, shipped: shipped ?? 0 });
  } else return null;
  return order;
}

/** What the hub tells as shipped, people there book as shipped, too. */
function bookDispatches({ options }: SimulatorKit, store: LogoStore): void {
  const step = () => {
    for (const order of store.orders.values()) if (order['NOTES1'] === 'SHIPPED') decide(store, order, 'shipped');
  };
  setInterval(step, options.stepMs).unref();
}

function shown(order: SimulatedOrder) {
  return { ...order, id: String(order.INTERNAL_REFERENCE), status: order['NOTES1'] };
}

/** Now and then something is sold over the counter, or delivered. */
function moveStock({ options }: SimulatorKit, store: LogoStore): void {
  const random = createRandom(options.seed);
  const step = () => {
    const item = store.items[Math.floor(random.next() * store.items.length)];
    if (item) item.ONHAND = Math.max(0, item.ONHAND + Math.round(random.next() * 6) - 3);
  };
  setInterval(step, options.stepMs).unref();
}
