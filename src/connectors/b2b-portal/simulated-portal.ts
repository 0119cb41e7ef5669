import type { FastifyInstance } from 'fastify';
import type { BuildSystem, SimulatorKit } from '../simulator/kit.js';
import { createPortalLife } from './simulated-life.js';
import { checkAccess, registerCollection } from './simulated-routes.js';
import { type PortalEntity, show } from './simulated-shapes.js';
import { createPortalStore, type PortalStore } from './simulated-store.js';
import { portalWebhook } from './simulated-webhook.js';

/** A B2B portal that behaves like a real one: checks what it is sent, keeps it, and lets its orders and invoices live. */
export const buildPortal: BuildSystem = (app, kit) => {
  const store = createPortalStore();
  const move = (entity: PortalEntity, status: string, tellHub: boolean) => {
    const previous = entity.status;
    store.move(entity, status);
    if (tellHub) kit.webhooks.sendUntilTaken(portalWebhook(kit, entity, { previous }));
  };
  const life = createPortalLife(kit, (entity, status) => move(entity, status, true));

  registerPortal(app, kit, store, life);
  const list = (collection: string) =>
    store
      .all()
      .filter((entity) => entity.collection === collection)
      .map(show);
  return {
    state: () => ({ orders: list('orders'), invoices: list('invoices') }),
    clear() {
      life.end();
      store.restore([]);
    },
    move(id, status, tellHub) {
      const entity = store.get(id);
      if (!entity) return null;
      move(entity, status, tellHub);
      return show(entity);
    },
    webhook(order) {
      const entity = store.get(order.id);
      return entity ? portalWebhook(kit, entity, order) : null;
    },
    save: store.all,
    restore(kept) {
      const entities = kept as PortalEntity[];
      store.restore(entities);
      for (const entity of entities) life.begin(entity);
    },
  };
};

type Life = ReturnType<typeof createPortalLife>;

function registerPortal(app: FastifyInstance, kit: SimulatorKit, store: PortalStore, life: Life): void {
  app.addHook('preHandler', async (request, reply) => checkAccess(request, reply, kit));
  app.get('/health', async () => ({ status: 'ok' }));
  for (const collection of ['orders', 'invoices'] as const) {
    registerCollection(app, kit, {
      collection,
      find: (id) => [store.get(id)].find((entity) => entity?.collection === collection),
      create: (body) => life.begin(store.create(collection, body)),
      change: store.change,
    });
  }
}
