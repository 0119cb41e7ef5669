import { createHmac, randomUUID } from 'node:crypto';
import type { SimulatorKit } from '../simulator/kit.js';
import type { WebhookOrder } from '../simulator/webhook-order.js';
import type { OutgoingWebhook } from '../simulator/webhook-sender.js';
import { exactNumber } from '../text/exact-json.js';
import type { PortalEntity } from './simulated-shapes.js';

type Wishes = Partial<WebhookOrder> & { previous?: string };

/** The webhook that tells of an entity's status, signed as the portal does. */
export function portalWebhook(kit: SimulatorKit, entity: PortalEntity, wishes: Wishes): OutgoingWebhook {
  const isOrder = entity.collection === 'orders';
  const eventId = wishes.eventId ?? `evt_${randomUUID().replaceAll('-', '')}`;
  const event = {
    event: isOrder ? 'order.status.updated' : 'invoice.status.updated',
    id: eventId,
    timestamp: wishes.timestamp ?? new Date().toISOString(),
    entity_type: isOrder ? 'order' : 'invoice',
    data: {
      id: entity.id,
      ...(isOrder ? orderData(entity) : invoiceData(entity)),
      status: wishes.status ?? entity.status,
      previous_status: wishes.previous ?? null,
      ...wishes.data,
    },
  };
  const body = wishes.rawBody ?? JSON.stringify(event);
  const headers = { ...kit.effects.traceHeaders(entity.id), ...sign(kit, body, wishes) };
  return { eventId, path: wishes.path ?? (isOrder ? '/order' : '/invoice'), headers, body };
}

function orderData(order: PortalEntity) {
  return { order_number: order.number, erp_order_id: order.erpId, tracking_numbers: order.trackingNumbers };
}

function invoiceData(invoice: PortalEntity) {
  return {
    invoice_number: invoice.number,
    order_id: invoice.orderId,
    erp_invoice_id: invoice.erpId,
    ...(invoice.paid && { paid_date: invoice.paid.date, paid_amount: exactNumber(invoice.paid.amount) }),
  };
}

function sign({ options }: SimulatorKit, body: string, { signature = 'good' }: Wishes): Record<string, string> {
  if (signature === 'missing') return {};
  const key = signature === 'good' ? options.apiSecret : `not ${options.apiSecret}`;
  return { 'X-B2B-Signature': createHmac('sha256', key).update(body).digest('hex') };
}
