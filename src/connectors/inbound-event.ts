import type { EntityStatus, EntityType } from '../model/statuses.js';
import type { OrderContents } from './order-contents.js';
import type { InboundOrder, PulledStock } from './pull.js';
import type { ToldFields } from './told-fields.js';
import type { ToldRecord } from './told-record.js';

/** What an event of the type PRODUCT or INVENTORY says of one SKU; a rule of the merchant's may write each of these. */
type Goods = Partial<
  Pick<
    PulledStock,
    | ('sku' | 'name' | 'brand' | 'barcode' | 'price' | 'currency' | 'thc' | 'batchNumber' | 'coaLink')
    | ('location' | 'onHand' | 'reserved' | 'available')
  >
>;

/** A received event in the hub's words, made by a connector from raw bytes that it has verified. */
export interface InboundEvent extends Goods, Omit<ToldFields, keyof Goods> {
  /** The sender's identity of this event: the same event sent again has the same. */
  eventId: string;
  /** The sender's name of it, e.g. `order.status.updated`. */
  eventType: string;
  entityType: EntityType;
  /** At least one is given. `entityId` is the hub's own id when the sender echoes it. */
  reference: { externalId: string | null; entityId: string | null; number: string | null };
  /** Its number alone names the entity; the external id is only learned from it. Left out: the external id goes first. */
  namedByNumber?: true;
  /** When it happened at the sender: ISO 8601, UTC. Decides whether it is out of date. */
  occurredAt: string;
  /** The sender tells no time: `occurredAt` is when it was asked. Not kept. */
  undated?: true;
  /** The sender's status, unmapped; null when the event carries none. */
  sourceStatus: string | null;
  /** The hub's status that it maps to; null when `sourceStatus` is unmapped or absent. */
  status: EntityStatus | null;
  /** Statuses that `status` may follow: the entity stays as it is in any other, and the event is kept as IGNORED. Left out: any. */
  onlyFrom?: readonly EntityStatus[];
  /** It only repeats what its sender was sent last: no news while something newer is on its way there. */
  echo?: true;
  trackingNumbers?: string[];
  /** Stock as it was then: each row counts unless a newer one of its SKU and place is known. With INVENTORY, all that the event says. */
  stock?: StockRow[];
  /** The whole order, where the sender gives it: an order that the hub does not know yet is made of it. */
  order?: InboundOrder;
  /** What it says of an order beside its status, each part by itself. */
  contents?: OrderContents;
  /** What is recorded because of it, soon after the answer; for event types that the connector `records`. */
  record?: ToldRecord;
  /** Fields that rules have written for want of a value: of what the hub has they fill only what is empty. Not kept. */
  defaulted?: readonly string[];
  /** Nothing is made of such events: it is kept as IGNORED, whatever it is about. */
  unused?: true;
  /** The parsed body, numbers as their source text where they are not exact as doubles. */
  payload: unknown;
}

/** The stock of one SKU at one place, as an event tells it. */
export interface StockRow {
  sku: string;
  /** Empty where the system has one place only. */
  location: string;
  onHand: number;
  reserved: number;
  available: number;
  /** What it was read from, for field mappings; left out: the event's payload. Not kept. */
  source?: unknown;
}
