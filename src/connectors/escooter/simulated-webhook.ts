import { randomUUID } from 'node:crypto';
import type { SimulatorKit } from '../simulator/kit.js';
import type { WebhookOrder } from '../simulator/webhook-order.js';
import type { OutgoingWebhook } from '../simulator/webhook-sender.js';
import { signatureOf } from './signature.js';
import type { ErpItem, ErpOrder } from './simulated-books.js';

/** What a callback is about, and how it differs from an undisturbed one. */
export type CallbackWishes = Partial<WebhookOrder> & { order?: ErpOrder; items?: ErpItem[] };

/** The callback about an order or about stock, signed as the ERP does. */
export function erpWebhook({ options, effects }: SimulatorKit, wishes: CallbackWishes): OutgoingWebhook {
  const { order, items, signature = 'good', eventId = randomUUID() } = wishes;
  const event = {
    ...(order && orderFields(order, wishes.status ?? order.status)),
    ...(items && { items }),
    timestamp: wishes.timestamp ?? new Date().toISOString(),
    ...wishes.data,
  };
  const body = wishes.rawBody ?? JSON.stringify(event);
  const secret = signature === 'good' ? options.apiSecret : `not ${options.apiSecret}`;
  const signed: Record<string, string> = signature === 'missing' ? {} : { 'X-Signature': signatureOf(body, secret) };
  const headers = { ...effects.traceHeaders(order?.id ?? ''), ...signed };
  return { eventId, path: wishes.path ?? '', headers, body };
}

function orderFields({ id, number, orderId }: ErpOrder, status: string) {
  const tracking = status === 'shipped' && { trackingNumbers: [`TRK-${id}`] };
  return { orderIncrementId: number, orderId, erpReference: id, status, ...tracking };
}
