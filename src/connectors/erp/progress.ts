import { OrderStatus } from '../../model/statuses.js';
import { OPEN_ORDER_STATUSES, statusesUpTo } from '../../model/transitions.js';
import type { InboundEvent } from '../inbound-event.js';

/** How far the people of an ERP have come with an order: what they decided about it, or how much of it has left the house. */
export type ErpWord = 'proposal' | 'approved' | 'blocked' | 'partially_shipped' | 'shipped' | 'cancelled';

/** An order's state as an ERP tells it, in the hub's words. */
export interface Progress {
  /** Its word, or the hub's own status where it has nothing to add. */
  sourceStatus: string | null;
  /** Null: unmapped. */
  status: OrderStatus | null;
  onlyFrom?: readonly OrderStatus[];
  /** It has nothing to add to what the hub has sent. */
  echo?: true;
}

/** Where an order is that has not left the house. */
const INSIDE = OPEN_ORDER_STATUSES.filter((status) => status !== 'SHIPPED');

/** What each word means, and which statuses it may follow: an ERP tells no time, so that nothing else gives late news away. */
const MEANINGS: Record<ErpWord, [OrderStatus, readonly OrderStatus[]]> = {
  proposal: ['PENDING', ['PENDING', 'CONFIRMED']],
  approved: ['CONFIRMED', ['PENDING', 'CONFIRMED', 'ON_HOLD']],
  blocked: ['ON_HOLD', INSIDE],
  partially_shipped: ['PROCESSING', ['PENDING', 'CONFIRMED', 'PAID', 'EXPORTED', 'PROCESSING']],
  shipped: ['SHIPPED', [...INSIDE, 'SHIPPED']],
  cancelled: ['CANCELLED', [...INSIDE, 'CANCELLED']],
};

/**
 * What an ERP's word says of an order; null: it has none but what the hub itself has sent. `lastSent`: the hub's status in
 * what it was last sent; where that has gone further than the word, the word is no news. `own`: the integration's own words,
 * which go first.
 */
export function progressOf(
  word: string | null,
  lastSent: string | null,
  own: Readonly<Record<string, OrderStatus>>,
): Progress {
  const sent = hubStatus(lastSent);
  // Where the hub holds an order that is not held there, people there have let go of it again.
  const told = {
    sourceStatus: sent,
    status: sent,
    onlyFrom: sent ? [sent, 'ON_HOLD' as const] : [],
    echo: true as const,
  };
  if (word === null) return told;
  const [status, onlyFrom] = meaningOf(word, own) ?? [null, undefined];
  if (status === null) return { sourceStatus: word, status: null };
  if (sent && onlyFrom && !onlyFrom.includes(sent)) return told;
  return { sourceStatus: word, status, ...(onlyFrom && { onlyFrom }) };
}

/** A hub's status that an ERP carries along in one of its texts; null: it is none. */
export function hubStatus(text: string | null): OrderStatus | null {
  return text !== null && Object.hasOwn(OrderStatus, text) ? (text as OrderStatus) : null;
}

function meaningOf(
  word: string,
  own: Readonly<Record<string, OrderStatus>>,
): [OrderStatus, readonly OrderStatus[]] | null {
  const mapped = Object.hasOwn(own, word) ? own[word] : undefined;
  if (mapped) return [mapped, statusesUpTo(mapped) ?? [...OPEN_ORDER_STATUSES, mapped]];
  return Object.hasOwn(MEANINGS, word) ? MEANINGS[word as ErpWord] : null;
}

/** What a status check hands on of an order, asked for at `askedAt`: an ERP tells no time of it. */
export function progressEvent(
  progress: Progress,
  reference: InboundEvent['reference'],
  payload: unknown,
  askedAt: string,
): InboundEvent {
  return {
    eventId: `poll:ORDER:${reference.externalId}:${progress.sourceStatus}:${askedAt}`,
    eventType: 'order.status.read',
    entityType: 'ORDER',
    reference,
    occurredAt: askedAt,
    undated: true,
    ...progress,
    payload,
  };
}
