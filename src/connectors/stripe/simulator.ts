import { createHmac, randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import type { BuildSystem, SimulatorKit } from '../simulator/kit.js';
import type { WebhookOrder } from '../simulator/webhook-order.js';
import type { OutgoingWebhook } from '../simulator/webhook-sender.js';

/** An object as Stripe shows it; amounts are in the currency's smallest unit. */
interface StripeObject {
  id: string;
  object: 'payment_intent' | 'charge' | 'subscription';
  metadata: Record<string, string>;
  [field: string]: unknown;
}

const NewIntent = z.object({
  amount: z.coerce.number().int().positive(),
  currency: z.string().length(3),
  customer: z.string().optional(),
});

/** What an event about such an object is called unless it is said. */
const USUAL_EVENT = {
  payment_intent: 'payment_intent.succeeded',
  charge: 'charge.refunded',
  subscription: 'customer.subscription.updated',
} as const;

/**
 * A Stripe account: a shop makes payments, refunds and subscriptions as by Stripe's API, which succeed at once, and the hub
 * is told by signed events.
 */
export const buildSimulator: BuildSystem = (app, kit) => {
  let objects = new Map<string, StripeObject>();
  const tell = (object: StripeObject, type: string): StripeObject => {
    objects.set(object.id, object);
    kit.webhooks.sendUntilTaken(eventOf(kit, object, { status: type }));
    return object;
  };
  const found = (id: string | null) => objects.get(id ?? '');
  registerPayments(app, tell, found);
  registerSubscriptions(app, tell, found);
  const all = (kind: StripeObject['object']) => [...objects.values()].filter(({ object }) => object === kind);
  return {
    state: () => ({ payments: all('payment_intent'), charges: all('charge'), subscriptions: all('subscription') }),
    clear: () => objects.clear(),
    move(id, status, tellHub) {
      const object = objects.get(id);
      if (!object) return null;
      if (tellHub) kit.webhooks.sendUntilTaken(eventOf(kit, object, { status }));
      return object;
    },
    webhook(order) {
      const object = objects.get(order.id);
      return object ? eventOf(kit, object, order) : null;
    },
    save: () => [...objects],
    restore(kept) {
      objects = new Map(kept as [string, StripeObject][]);
    },
  };
};

type Tell = (object: StripeObject, type: string) => StripeObject;
type Find = (id: string | null) => StripeObject | undefined;

function registerPayments(app: FastifyInstance, tell: Tell, found: Find): void {
  app.post('/v1/payment_intents', async (request, reply) => {
    const form = new URLSearchParams(request.rawText);
    const wanted = NewIntent.safeParse(Object.fromEntries(form));
    if (!wanted.success) return refuse(reply, 400, 'amount and currency are required');
    const intent = { ...wanted.data, status: 'succeeded', metadata: metadataOf(form), created: seconds() };
    return tell({ id: newId('pi'), object: 'payment_intent', ...intent }, 'payment_intent.succeeded');
  });
  app.get<{ Params: { id: string } }>('/v1/payment_intents/:id', async ({ params: { id } }, reply) => {
    return found(id) ?? refuse(reply, 404, `No such payment_intent: ${id}`);
  });
  app.post('/v1/refunds', async (request, reply) => {
    const form = new URLSearchParams(request.rawText);
    const intent = found(form.get('payment_intent'));
    if (!intent) return refuse(reply, 404, `No such payment_intent: ${form.get('payment_intent')}`);
    const { amount, currency, metadata } = intent;
    const back = Number(form.get('amount') ?? amount);
    const sums = { amount, currency, amount_refunded: back, refunded: back === amount };
    const charge = { id: newId('ch'), payment_intent: intent.id, ...sums, metadata, created: seconds() };
    tell({ object: 'charge', ...charge }, 'charge.refunded');
    return { id: newId('re'), object: 'refund', amount: back, payment_intent: intent.id, status: 'succeeded' };
  });
}

const PRICE = 'items[0][price_data]';

/** A subscription's price comes with it, as `items[0][price_data][…]`. */
function registerSubscriptions(app: FastifyInstance, tell: Tell, found: Find): void {
  app.post('/v1/subscriptions', async (request, reply) => {
    const form = new URLSearchParams(request.rawText);
    const units = Number(form.get(`${PRICE}[unit_amount]`) ?? Number.NaN);
    const currency = form.get(`${PRICE}[currency]`);
    if (!Number.isSafeInteger(units) || currency === null) return refuse(reply, 400, 'price_data is required');
    return tell(makeSubscription(form, units, currency), 'customer.subscription.created');
  });
  app.post<{ Params: { id: string } }>('/v1/subscriptions/:id', async (request, reply) => {
    const subscription = found(request.params.id);
    if (!subscription) return refuse(reply, 404, `No such subscription: ${request.params.id}`);
    const changed = changeSubscription(subscription, new URLSearchParams(request.rawText));
    return tell(changed, 'customer.subscription.updated');
  });
  app.delete<{ Params: { id: string } }>('/v1/subscriptions/:id', async ({ params: { id } }, reply) => {
    const subscription = found(id);
    if (!subscription) return refuse(reply, 404, `No such subscription: ${id}`);
    return tell({ ...subscription, status: 'canceled', canceled_at: seconds() }, 'customer.subscription.deleted');
  });
}

function makeSubscription(form: URLSearchParams, unitAmount: number, currency: string): StripeObject {
  const start = seconds();
  const recurring = { interval: form.get(`${PRICE}[recurring][interval]`) ?? 'month' };
  const nickname = form.get(`${PRICE}[product]`);
  const price = { id: newId('price'), object: 'price', nickname, unit_amount: unitAmount, currency, recurring };
  const period = { current_period_start: start, current_period_end: start + 30 * 86_400 };
  const quantity = Number(form.get('items[0][quantity]') ?? 1);
  return {
    id: newId('sub'),
    object: 'subscription',
    status: 'active',
    customer: form.get('customer'),
    currency,
    items: { object: 'list', data: [{ id: newId('si'), quantity, price, ...period }] },
    start_date: start,
    cancel_at_period_end: false,
    canceled_at: null,
    metadata: metadataOf(form),
    created: start,
  };
}

/** Takes another quantity of its one item, and whether it ends with its period. */
function changeSubscription(subscription: StripeObject, form: URLSearchParams): StripeObject {
  const items = subscription['items'] as { data: { quantity: number }[] };
  const [item] = items.data;
  const quantity = Number(form.get('items[0][quantity]') ?? item?.quantity);
  const ends = form.get('cancel_at_period_end') ?? String(subscription['cancel_at_period_end']);
  return {
    ...subscription,
    items: { ...items, data: [{ ...item, quantity }] },
    cancel_at_period_end: ends === 'true',
  };
}

const refuse = (reply: FastifyReply, status: number, message: string) =>
  reply.code(status).send({ error: { message } });

const newId = (prefix: string) => `${prefix}_${randomUUID().replaceAll('-', '')}`;

/** `metadata[order_id]=…`, as forms write it. */
function metadataOf(form: URLSearchParams): Record<string, string> {
  const entries = [...form].flatMap(([name, value]) => {
    const key = /^metadata\[(.+)\]$/.exec(name)?.[1];
    return key === undefined ? [] : [[key, value] as const];
  });
  return Object.fromEntries(entries);
}

/** The event of that name about an object, signed as Stripe does: `t=`, `v1=` the hex HMAC-SHA256 of `t.body`. */
function eventOf(kit: SimulatorKit, about: StripeObject, wishes: Partial<WebhookOrder>): OutgoingWebhook {
  const at = wishes.timestamp === undefined ? seconds() : Math.floor(Date.parse(wishes.timestamp) / 1000);
  const eventId = wishes.eventId ?? newId('evt');
  const type = wishes.status ?? USUAL_EVENT[about.object];
  const event = { id: eventId, object: 'event', type, created: at, data: { object: { ...about, ...wishes.data } } };
  const body = wishes.rawBody ?? JSON.stringify(event);
  const { signature = 'good' } = wishes;
  const key = signature === 'good' ? kit.options.apiSecret : `not ${kit.options.apiSecret}`;
  const v1 = createHmac('sha256', key).update(`${at}.${body}`).digest('hex');
  const signed: Record<string, string> = signature === 'missing' ? {} : { 'Stripe-Signature': `t=${at},v1=${v1}` };
  const headers = { ...kit.effects.traceHeaders(about.id), ...signed };
  return { eventId, path: wishes.path ?? '', headers, body };
}

const seconds = () => Math.floor(Date.now() / 1000);
