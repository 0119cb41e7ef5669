import type { Tx } from '../../db/database.js';
import type { ChangeEntry, ChangeKind } from '../../feed/feed.js';
import type { OrderStatus } from '../../model/statuses.js';
import { type NewNotification, notify } from '../../notify/notify.js';
import type { Reaction } from './reaction.js';

const READ = `select o.number, o.status, o.delivery_method, o.tracking_numbers, o.currency, o.grand_total, c.name, c.email,
  exists (select from payouts p where p.order_id = o.id) as paid
from orders o left join customers c on c.id = o.customer_id where o.id = $1`;

interface Row {
  number: string;
  status: OrderStatus;
  delivery_method: string | null;
  tracking_numbers: string[];
  currency: string;
  grand_total: string;
  name: string | null;
  email: string | null;
  paid: boolean;
}

/** One message; to the customer where `toCustomer` and an address is known, else to the operators. */
interface Message {
  kind: string;
  subject: string;
  text: string;
  toCustomer: boolean;
  /** What sets it apart from others of its kind about the order. */
  occasion?: string;
}

/** An order may come as a paid one. */
const KINDS: ReadonlySet<ChangeKind> = new Set(['order.created', 'order.status_changed']);

/** Of these tracking numbers those that no message about the order has named yet. */
const UNTOLD = `select number from unnest($2::text[]) with ordinality t (number, place)
where not exists (select from notifications n where n.entity_id = $1 and n.kind in ('order.shipped', 'order.tracking')
  and position(number in n.body) > 0) order by place`;

const PICKUP = /^(pick[-_ ]?up|collect(ion)?)$/i;

/** What a person is told when an order that the hub hands to a warehouse gets there, in that status. */
const MESSAGES: Partial<Record<OrderStatus, (order: Row) => Message[]>> = {
  PAID: ({ number, currency, grand_total: total }) => [
    {
      kind: 'order.paid',
      subject: `We have received your payment for order ${number}`,
      text: `${total} ${currency} were paid. We tell you when the order is on its way.`,
      toCustomer: true,
    },
  ],
  PACKED: (order) => [PICKUP.test(order.delivery_method ?? '') ? pickupReady(order) : deliveryWanted(order)],
  SHIPPED: ({ number, tracking_numbers: tracking }) => [
    {
      kind: 'order.shipped',
      subject: `Your order ${number} is on its way`,
      text: tracking.length > 0 ? `Its tracking number: ${tracking.join(', ')}.` : 'It has no tracking number.',
      toCustomer: true,
    },
  ],
  DELIVERED: ({ number }) => [
    { kind: 'order.delivered', subject: `Your order ${number} was delivered`, text: 'Thank you.', toCustomer: true },
  ],
  CANCELLED: (order) => (order.paid ? [cancelled(order), refundDue(order)] : [cancelled(order)]),
};

function pickupReady({ number }: Row): Message {
  const text = 'It is packed and waits to be picked up.';
  return { kind: 'order.pickup_ready', subject: `Your order ${number} is ready for pickup`, text, toCustomer: true };
}

function deliveryWanted({ number, delivery_method: method }: Row): Message {
  const text = `It is packed and waits for the delivery partner${method ? ` (${method})` : ''}.`;
  return {
    kind: 'order.delivery_wanted',
    subject: `Schedule the delivery of order ${number}`,
    text,
    toCustomer: false,
  };
}

function cancelled({ number }: Row): Message {
  const text = 'Nothing will be sent.';
  return { kind: 'order.cancelled', subject: `Your order ${number} was cancelled`, text, toCustomer: true };
}

function refundDue({ number, currency, grand_total: total }: Row): Message {
  const text = `It was paid: ${total} ${currency} are to be paid back, and its payouts are void.`;
  return { kind: 'order.refund_due', subject: `Refund order ${number}`, text, toCustomer: false };
}

/** Tracking numbers that come after an order has been sent, each once. */
async function tracking(
  tx: Tx,
  orderId: string,
  { number, status, tracking_numbers: numbers }: Row,
): Promise<Message[]> {
  if (status !== 'SHIPPED' || numbers.length === 0) return [];
  const untold = (await tx.sql<{ number: string }>(UNTOLD, [orderId, numbers])).map((row) => row.number);
  if (untold.length === 0) return [];
  const subject = `Your order ${number} can be tracked`;
  const text = `${untold.length === 1 ? 'Its tracking number' : 'Its tracking numbers'}: ${untold.join(', ')}.`;
  return [{ kind: 'order.tracking', occasion: untold[0], subject, text, toCustomer: true }];
}

/**
 * Tells people how far an order is, each step once, whoever reported it: only where the merchant has a warehouse that takes
 * orders over.
 */
export const tellProgress: Reaction = {
  name: 'tell-progress',
  async concerns({ integrations }, { kind, merchantId, data }) {
    if (kind !== 'order.updated' && (!KINDS.has(kind) || !MESSAGES[data['newStatus'] as OrderStatus])) return false;
    return (await integrations.byMerchant(merchantId)).some(
      ({ enabled, connector }) => enabled && connector.takenStatus,
    );
  },
  async react({ tx }, change) {
    const [order] = await tx.sql<Row>(READ, [change.entityId]);
    if (!order) return;
    const messages =
      change.kind === 'order.updated'
        ? await tracking(tx, change.entityId, order)
        : (MESSAGES[change.data['newStatus'] as OrderStatus]?.(order) ?? []);
    for (const message of messages) await say(tx, change, order, message);
  },
};

async function say(
  tx: Tx,
  { merchantId, entityId, integrationId }: ChangeEntry,
  { email, name }: Row,
  message: Message,
) {
  const { kind, subject, text, toCustomer, occasion } = message;
  const greeting = toCustomer && name ? `Dear ${name}\n\n` : '';
  const notification: NewNotification = {
    kind,
    merchantId,
    entityType: 'ORDER',
    entityId,
    integrationId,
    dedupKey: [kind, entityId, ...(occasion === undefined ? [] : [occasion])].join(':'),
    subject,
    text: greeting + text,
    ...(toCustomer && email && { recipients: [email] }),
  };
  await notify(tx, notification);
}
