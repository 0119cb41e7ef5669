import { createHmac, randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { BuildSystem, SimulatorKit } from '../simulator/kit.js';
import type { WebhookOrder } from '../simulator/webhook-order.js';
import type { OutgoingWebhook } from '../simulator/webhook-sender.js';

/** A payment as Stripe shows it; its amount is in the currency's smallest unit. */
interface PaymentIntent {
  id: string;
  object: 'payment_intent';
  amount: number;
  currency: string;
  status: 'succeeded' | 'canceled';
  metadata: Record<string, string>;
  created: number;
}

const NewIntent = z.object({
  amount: z.coerce.number().int().positive(),
  currency: z.string().length(3),
});

/** A Stripe account: a shop makes payments as by Stripe's API, which succeed at once, and the hub is told by signed events. */
export const buildSimulator: BuildSystem = (app, kit) => {
  let intents = new Map<string, PaymentIntent>();
  app.post('/v1/payment_intents', async (request, reply) => {
    const form = new URLSearchParams(request.rawText);
    const wanted = NewIntent.safeParse(Object.fromEntries(form));
    if (!wanted.success) return reply.code(400).send({ error: { message: 'amount and currency are required' } });
    const intent = makeIntent(wanted.data, metadataOf(form));
    intents.set(intent.id, intent);
    kit.webhooks.sendUntilTaken(eventOf(kit, intent, {}));
    return intent;
  });
  app.get<{ Params: { id: string } }>('/v1/payment_intents/:id', async ({ params }, reply) => {
    return (
      intents.get(params.id) ?? reply.code(404).send({ error: { message: `No such payment_intent: ${params.id}` } })
    );
  });
  return {
    state: () => ({ payments: [...intents.values()] }),
    clear: () => intents.clear(),
    move(id, status, tellHub) {
      const intent = intents.get(id);
      if (!intent) return null;
      if (tellHub) kit.webhooks.sendUntilTaken(eventOf(kit, intent, { status }));
      return intent;
    },
    webhook(order) {
      const intent = intents.get(order.id);
      return intent ? eventOf(kit, intent, order) : null;
    },
    save: () => [...intents],
    restore(kept) {
      intents = new Map(kept as [string, PaymentIntent][]);
    },
  };
};

function makeIntent({ amount, currency }: z.infer<typeof NewIntent>, metadata: Record<string, string>): PaymentIntent {
  const id = `pi_${randomUUID().replaceAll('-', '')}`;
  return { id, object: 'payment_intent', amount, currency, status: 'succeeded', metadata, created: seconds() };
}

/** `metadata[order_id]=…`, as forms write it. */
function metadataOf(form: URLSearchParams): Record<string, string> {
  const entries = [...form].flatMap(([name, value]) => {
    const key = /^metadata\[(.+)\]$/.exec(name)?.[1];
    return key === undefined ? [] : [[key, value] as const];
  });
  return Object.fromEntries(entries);
}

/** The event of that name about a payment, signed as Stripe does: `t=`, `v1=` the hex HMAC-SHA256 of `t.body`. */
function eventOf(kit: SimulatorKit, intent: PaymentIntent, wishes: Partial<WebhookOrder>): OutgoingWebhook {
  const at = wishes.timestamp === undefined ? seconds() : Math.floor(Date.parse(wishes.timestamp) / 1000);
  const eventId = wishes.eventId ?? `evt_${randomUUID().replaceAll('-', '')}`;
  const type = wishes.status ?? 'payment_intent.succeeded';
  const event = { id: eventId, object: 'event', type, created: at, data: { object: { ...intent, ...wishes.data } } };
  const body = wishes.rawBody ?? JSON.stringify(event);
  const { signature = 'good' } = wishes;
  const key = signature === 'good' ? kit.options.apiSecret : `not ${kit.options.apiSecret}`;
  const v1 = createHmac('sha256', key).update(`${at}.${body}`).digest('hex');
  const headers: Record<string, string> = signature === 'missing' ? {} : { 'Stripe-Signature': `t=${at},v1=${v1}` };
  return { eventId, path: wishes.path ?? '', headers, body };
}

const seconds = () => Math.floor(Date.now() / 1000);
