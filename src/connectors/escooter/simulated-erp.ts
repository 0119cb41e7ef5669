import type { BuildSystem, SimulatorKit } from '../simulator/kit.js';
import { ErpBooks, type ErpOrder } from './simulated-books.js';
import { registerErpRoutes } from './simulated-routes.js';
import { type CallbackWishes, erpWebhook } from './simulated-webhook.js';

const LIFE = ['accepted', 'processing', 'shipped', 'delivered'];

/** An ERP that behaves like a real one: checks keys and signatures, knows an order by its increment id, and keeps stock. */
export const buildErp: BuildSystem = (app, kit) => {
  const books = new ErpBooks();
  const tell = (wishes: CallbackWishes) => kit.webhooks.sendUntilTaken(erpWebhook(kit, wishes));
  const moveAndTell = (order: ErpOrder, status: string) => tell({ order: Object.assign(order, { status }) });
  const live = (order: ErpOrder) => letLive(kit, books, order, (status) => moveAndTell(order, status));
  registerErpRoutes(app, kit, {
    take(given) {
      const { order, isNew } = books.take(given);
      if (isNew && kit.options.lifecycle) tell({ items: books.stockOfAll(order.items) });
      if (isNew) live(order);
      return order;
    },
    setStock(items, more) {
      books.setStock(items);
      tell({ items, data: more });
    },
  });
  return {
    state: () => books.state(),
    clear: () => books.restore({ orders: [], stock: [] }),
    move(id, status, tellHub) {
      const order = books.find(id);
      if (!order) return null;
      order.status = status;
      if (tellHub) tell({ order });
      return order;
    },
    webhook: (wishes) => {
      const order = books.find(wishes.id);
      return order && erpWebhook(kit, { ...wishes, order });
    },
    save: () => books.state(),
    restore(kept) {
      books.restore(kept as ReturnType<ErpBooks['state']>);
      for (const order of books.all()) live(order);
    },
  };
};

/** Moves the order on by itself, step by step, while it is in the books. */
function letLive(kit: SimulatorKit, books: ErpBooks, order: ErpOrder, move: (status: string) => void): void {
  const { options, random } = kit;
  const next = LIFE.includes(order.status) ? LIFE[LIFE.indexOf(order.status) + 1] : undefined;
  if (!options.lifecycle || next === undefined) return;
  const step = () => {
    if (books.find(order.id) !== order) return;
    move(next);
    letLive(kit, books, order, move);
  };
  setTimeout(step, options.stepMs * (0.5 + random.next())).unref();
}
