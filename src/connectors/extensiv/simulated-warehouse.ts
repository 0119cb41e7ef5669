import type { FastifyInstance } from 'fastify';
import type { BuildSystem, SimulatorKit } from '../simulator/kit.js';
import { createRandom } from '../simulator/random.js';
import { moveOrder, registerOrders, type SimulatedOrder } from './simulated-orders.js';
import { registerSignIn } from './simulated-sign-in.js';
import { createSimulatedStock, type SimulatedStock } from './simulated-stock.js';

const COURSE = ['received', 'picking', 'packed', 'shipped', 'delivered'];
const MOST_ROWS = 5000;
/** What `advance` takes besides orders and SKUs: so many made-up products, and another 1 % of them changed. */
const MADE_UP = 'made-up';
const DRIFT = 'drift';

/** A warehouse: its stock, and orders that it picks, packs and ships. */
export const buildWarehouse: BuildSystem = (app, kit) => {
  const stock = createSimulatedStock();
  const fresh = stock.save();
  const orders = new Map<string, SimulatedOrder>();
  const { revoke } = registerSignIn(app, kit);
  const live = (order: SimulatedOrder) => livesOn(kit, orders, order);
  registerStock(app, stock);
  registerOrders(app, kit, orders, live);
  return {
    // Upper case, as the hub has its words.
    state: () => ({ orders: [...orders.values()].map((order) => ({ ...order, status: order.status.toUpperCase() })) }),
    clear() {
      orders.clear();
      stock.restore(fresh);
    },
    move(id, status) {
      const order = orders.get(id);
      if (order) moveOrder(order, status);
      else if (id === MADE_UP) stock.makeUp(Number(status));
      else if (id === DRIFT) stock.drift();
      else if (id === 'tokens') revoke();
      else if (!stock.set(id, status === 'gone' ? null : Number(status))) return null;
      return order ?? { id, status };
    },
    webhook: () => null,
    save: () => ({ orders: [...orders.values()], stock: stock.save() }),
    restore(kept) {
      const { orders: list, stock: shelf } = kept as { orders: SimulatedOrder[]; stock: unknown };
      stock.restore(shelf);
      for (const order of list) {
        orders.set(order.id, order);
        live(order);
      }
    },
  };
};

/** An order that moves by itself, until it has arrived or somebody else moves it to where nothing follows. */
function livesOn({ options }: SimulatorKit, orders: Map<string, SimulatedOrder>, order: SimulatedOrder): void {
  if (!options.lifecycle) return;
  const random = createRandom(options.seed + orders.size);
  const step = () => {
    const next = COURSE[COURSE.indexOf(order.status) + 1];
    if (!next || !COURSE.includes(order.status) || orders.get(order.id) !== order) return;
    moveOrder(order, next);
    setTimeout(step, options.stepMs * (0.5 + random.next())).unref();
  };
  setTimeout(step, options.stepMs).unref();
}

type Page = { Querystring: { limit?: string; cursor?: string; page?: string; updated_since?: string } };

/** Lists by cursor or by page, the rows in the order of their SKUs; `updated_since`: only what has changed since then. */
function registerStock(app: FastifyInstance, stock: SimulatedStock): void {
  for (const name of ['products', 'inventory']) {
    app.get<Page>(`/api/v1/${name}`, async ({ query }, reply) => {
      const limit = Math.min(Number(query.limit ?? 100), MOST_ROWS);
      const since = query.updated_since === undefined ? Number.NEGATIVE_INFINITY : Date.parse(query.updated_since);
      if (Number.isNaN(since))
        return reply.code(400).send({ error: 'bad_request', message: 'updated_since is no time' });
      const skip = query.cursor ? 0 : (Number(query.page ?? 1) - 1) * limit;
      const { rows, next } = stock.page({ from: Number(query.cursor ?? 0), skip, limit, since });
      return { data: rows, next_cursor: next === null ? null : String(next) };
    });
    app.get<{ Params: { id: string } }>(`/api/v1/${name}/:id`, async ({ params }, reply) => {
      const sku = params.id.replace(/^prod_/, '');
      return stock.find(sku) ?? reply.code(404).send({ error: 'not_found', message: `There is no ${params.id}.` });
    });
  }
}
