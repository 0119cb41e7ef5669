import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { HubError } from '../../../errors.js';
import { mockUpdateStock } from '../../../flow/products/mock-update-stock.js';
import type { Services } from '../../../flow/services.js';
import { registerRoute } from '../../docs/register-route.js';
import { ANYBODY } from '../../docs/schemes.js';

const items = z
  .array(z.object({ sku: z.string().min(1).max(255), qty: z.int() }))
  .min(1)
  .max(5000);
const stockBody = z.object({
  items,
  orderIncrementId: z.string().nullish(),
  idempotencyKey: z.string().nullish(),
});

const orderBody = z.looseObject({
  order_increment_id: z.string().min(1).max(255),
  items: z
    .array(z.looseObject({ sku: z.string().max(255) }))
    .max(10_000)
    .nullish(),
});
const takenOrder = z.object({ erp_reference: z.string(), status: z.literal('accepted') });

/** Row S9: where whoever has no ERP plays one. */
export function registerErpMock(scope: FastifyInstance, services: Services): void {
  registerRoute(scope, {
    tag: 'Escooter ERP',
    access: ANYBODY,
    method: 'POST',
    url: '/rest/V1/erpconnector/mock-update-stock',
    summary: 'Sets the stock of the simulated ERP, which tells the hub; not in production',
    description: 'Where no simulator runs, what is sent is logged and changes nothing.',
    body: stockBody,
    answer: z.object({ success: z.literal(true), message: z.string(), items }),
    errors: ['NOT_FOUND', 'UPSTREAM_UNAVAILABLE'],
    handle: async ({ body }) => {
      const isTaken = await mockUpdateStock(services, body);
      const message = isTaken ? 'Stock updated' : 'Received and logged; no simulated ERP runs';
      return { success: true as const, message, items: body.items };
    },
  });
  registerRoute(scope, {
    tag: 'Escooter ERP',
    access: ANYBODY,
    method: 'POST',
    url: '/rest/V1/erpconnector/orders/sync',
    summary: 'Takes an order as the ERP would, and logs it; not in production',
    description: 'For whoever gives this address as that of the ERP. Nothing is kept.',
    body: orderBody,
    answer: takenOrder,
    errors: ['NOT_FOUND'],
    handle: async ({ body, request }) => {
      if (services.httpsOnly) throw new HubError('NOT_FOUND', 'There is no simulated ERP in production.');
      const { order_increment_id: order, items: lines } = body;
      const idempotencyKey = request.headers['x-idempotency-key'];
      services.log.info({ order, skus: lines?.map(({ sku }) => sku), idempotencyKey }, 'mock order received');
      return { erp_reference: `ERP-${order}`, status: 'accepted' as const };
    },
  });
}
