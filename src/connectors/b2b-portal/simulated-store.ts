import { createHash } from 'node:crypto';
import type { Collection } from './client.js';
import type { PortalBody, PortalEntity } from './simulated-shapes.js';

const PREFIX: Record<Collection, string> = { orders: 'b2b_order', invoices: 'b2b_invoice' };
/** What comes after does not go back to what came before. */
const COURSES: Record<Collection, string[]> = {
  orders: ['PENDING', 'CONFIRMED', 'PROCESSING', 'SHIPPED', 'DELIVERED'],
  invoices: ['DRAFT', 'ISSUED', 'SENT', 'VIEWED', 'PAID'],
};

/** The portal's orders and invoices. */
export interface PortalStore {
  all(): PortalEntity[];
  get(id: string): PortalEntity | undefined;
  create(collection: Collection, body: PortalBody): PortalEntity;
  /** Takes what was sent; a status that the portal has already left behind does not come back. */
  change(entity: PortalEntity, body: PortalBody): PortalEntity;
  /** Moves to a status whatever the present one. */
  move(entity: PortalEntity, status: string): void;
  /** Puts these in the place of all. */
  restore(entities: PortalEntity[]): void;
}

export function createPortalStore(): PortalStore {
  let entities = new Map<string, PortalEntity>();
  return {
    all: () => [...entities.values()],
    get: (id) => entities.get(id),
    create(collection, body) {
      const serial = entities.size + 1;
      const now = new Date().toISOString();
      const entity: PortalEntity = {
        collection,
        id: `${PREFIX[collection]}_${serial}_${fingerprint(body.erpId)}`,
        serial,
        trackingNumbers: [],
        paid: null,
        createdAt: now,
        updatedAt: now,
        ...body,
      };
      entities.set(entity.id, entity);
      return entity;
    },
    change(entity, { status, ...body }) {
      const kept = isBehind(status, entity) ? entity.status : status;
      return Object.assign(entity, body, { status: kept, updatedAt: new Date().toISOString() });
    },
    move(entity, status) {
      const updatedAt = new Date().toISOString();
      Object.assign(entity, { status, updatedAt });
      if (status === 'SHIPPED') entity.trackingNumbers = [`TRK${String(entity.serial).padStart(9, '0')}`];
      if (status === 'PAID') entity.paid = { date: updatedAt, amount: entity.amounts['total_amount'] ?? '0' };
    },
    restore(kept) {
      entities = new Map(kept.map((entity) => [entity.id, entity]));
    },
  };
}

/** Keeps a portal that starts anew from giving an id that another order had before. */
function fingerprint(erpId: string): string {
  return createHash('sha256').update(erpId).digest('hex').slice(0, 8);
}

function isBehind(status: string, { collection, status: present }: PortalEntity): boolean {
  const course = COURSES[collection];
  return course.includes(status) && course.indexOf(status) < course.indexOf(present);
}
