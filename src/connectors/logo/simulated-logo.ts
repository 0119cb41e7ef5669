import type { BuildSystem, SimulatorKit } from '../simulator/kit.js';
import { createRandom } from '../simulator/random.js';
import { registerLogo } from './simulated-routes.js';
import { registerSignIn } from './simulated-sign-in.js';
import { LogoStore, type SimulatedOrder } from './simulated-store.js';

/** A Logo firm behind Objects REST: items whose stock moves, accounts, sales orders. */
export const buildLogo: BuildSystem = (app, kit) => {
  const store = new LogoStore();
  const signIns = registerSignIn(app, kit);
  registerLogo(app, kit, store);
  if (kit.options.lifecycle) moveStock(kit, store);
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
    /** An order has no life of its own there; an item's `status` is its stock. */
    move(id, status) {
      const item = store.items.find(({ CODE }) => CODE === id);
      if (item) item.ONHAND = Number(status);
      return item ?? null;
    },
    webhook: () => null,
    save: () => store.keep(),
    restore: (kept) => store.restore(kept as ReturnType<LogoStore['keep']>),
  };
};

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
