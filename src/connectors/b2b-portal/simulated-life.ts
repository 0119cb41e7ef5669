import type { SimulatorKit } from '../simulator/kit.js';
import { createRandom, type Random } from '../simulator/random.js';
import type { PortalEntity } from './simulated-shapes.js';

/** The next status of each, with its branches: the first whose chance comes true, else the last. */
const STEPS: Record<PortalEntity['collection'], Record<string, [status: string, chance: number][]>> = {
  orders: {
    PENDING: [
      ['PAYMENT_PENDING', 0.05],
      ['CONFIRMED', 1],
    ],
    PAYMENT_PENDING: [
      ['PAYMENT_FAILED', 0.2],
      ['CONFIRMED', 1],
    ],
    PAYMENT_FAILED: [
      ['CANCELLED', 0.5],
      ['CONFIRMED', 1],
    ],
    CONFIRMED: [
      ['CANCELLED', 0.05],
      ['PROCESSING', 1],
    ],
    PROCESSING: [
      ['ON_HOLD', 0.1],
      ['SHIPPED', 1],
    ],
    ON_HOLD: [
      ['CANCELLED', 0.2],
      ['PROCESSING', 1],
    ],
    SHIPPED: [['DELIVERED', 1]],
    DELIVERED: [['RETURNED', 0.02]],
  },
  invoices: {
    DRAFT: [['ISSUED', 1]],
    ISSUED: [['SENT', 1]],
    SENT: [
      ['OVERDUE', 0.1],
      ['VIEWED', 1],
    ],
    VIEWED: [['PAID', 1]],
    OVERDUE: [['PAID', 1]],
  },
};

/** Lets entities go through their life by themselves, each on a path that depends on the seed and its serial number alone. */
export function createPortalLife({ options }: SimulatorKit, move: (entity: PortalEntity, status: string) => void) {
  let alive = new Set<PortalEntity>();
  const wait = (entity: PortalEntity, random: Random) => {
    const step = () => {
      if (!alive.has(entity)) return;
      const status = STEPS[entity.collection][entity.status]?.find(([, chance]) => random.chance(chance))?.[0];
      if (!status) return;
      move(entity, status);
      wait(entity, random);
    };
    setTimeout(step, options.stepMs * (0.5 + random.next())).unref();
  };
  return {
    begin(entity: PortalEntity): PortalEntity {
      if (options.lifecycle) {
        alive.add(entity);
        wait(entity, createRandom(options.seed * 1_000_003 + entity.serial));
      }
      return entity;
    },
    /** Ends every life. */
    end(): void {
      alive = new Set();
    },
  };
}
