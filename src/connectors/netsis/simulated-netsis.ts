import type { BuildSystem, SimulatedSystem, SimulatorKit } from '../simulator/kit.js';
import { createRandom } from '../simulator/random.js';
import { registerNetsis } from './simulated-routes.js';
import { registerSignIn } from './simulated-sign-in.js';
import { createNetsisStore, type NetsisStore, type SimulatedSlip } from './simulated-store.js';

/** A Netsis company behind NetOpenX REST: items whose stock moves, accounts, sales orders. */
export const buildNetsis: BuildSystem = (app, kit) => {
  const store = createNetsisStore();
  registerSignIn(app, kit);
  registerNetsis(app, kit, store);
  if (kit.options.lifecycle) {
    moveStock(kit, store);
    bookDeliveries(kit, store);
  }
  return systemOf(store);
};

function systemOf(store: NetsisStore): SimulatedSystem {
  const shown = ({ FatUst, Kalems }: SimulatedSlip) => ({
    id: FatUst.FATIRS_NO,
    status: FatUst['EKACK3'],
    ...FatUst,
    Kalems,
  });
  return {
    state: () => ({
      orders: [...store.orders.values()].map(shown),
      accounts: [...store.accounts.values()],
      items: [...store.items.values()],
    }),
    clear() {
      const fresh = createNetsisStore();
      replace(store.items, fresh.items);
      replace(store.accounts, fresh.accounts);
      replace(store.orders, fresh.orders);
    },
    /** An order's `status` is what people there do with its lines; an item's is its stock. */
    move(id, status) {
      const order = store.orders.get(id);
      if (order) return deliver(order, status);
      const item = store.items.get(id);
      if (item) item.Miktar = Number(status);
      return item ?? null;
    },
    webhook: () => null,
    save: () => ({ items: [...store.items], accounts: [...store.accounts], orders: [...store.orders] }),
    restore(kept) {
      const { items, accounts, orders } = kept as Record<keyof NetsisStore, [string, never][]>;
      replace(store.items, items);
      replace(store.accounts, accounts);
      replace(store.orders, orders);
    },
  };
}

const DELIVERED: Record<string, number> = { open: 0, partially_shipped: 0.5, shipped: 1, closed: 0 };

/** Delivery notes for a share of each line, or the end of all of them. */
function deliver(order: SimulatedSlip, word: string): SimulatedSlip | null {
  const share = DELIVERED[word];
  if (share === undefined) return null;
  for (const line of order.Kalems) {
    Object.assign(line, { Firmadovtut: line.STra_GCMIK * share, STra_HTUR: word === 'closed' ? 'K' : 'H' });
  }
  return order;
}

/** What the hub tells as shipped, people there deliver, too. */
function bookDeliveries({ options }: SimulatorKit, { orders }: NetsisStore): void {
  const step = () => {
    for (const order of orders.values()) if (order.FatUst['EKACK3'] === 'SHIPPED') deliver(order, 'shipped');
  };
  setInterval(step, options.stepMs).unref();
}

function replace<Value>(map: Map<string, Value>, entries: Iterable<[string, Value]>): void {
  map.clear();
  for (const [key, value] of entries) map.set(key, value);
}

/** Now and then something is sold over the counter, or delivered. */
function moveStock({ options }: SimulatorKit, { items }: NetsisStore): void {
  const random = createRandom(options.seed);
  const step = () => {
    const all = [...items.values()];
    const item = all[Math.floor(random.next() * all.length)];
    if (item) item.Miktar = Math.max(0, item.Miktar + Math.round(random.next() * 6) - 3);
  };
  setInterval(step, options.stepMs).unref();
}
