import type { FastifyInstance } from 'fastify';
import type { DocumentNode } from 'graphql';
import { z } from 'zod';
import type { HubContext } from '../../../../schema/context.js';
import { registerRoute } from '../../docs/register-route.js';
import { enveloped, success } from '../../envelope.js';
import type { ContextOf } from '../context-of.js';
import { runOrThrow } from '../run-or-throw.js';
import { byId, type Fields, orderStatus, record, warehouseRoute } from './bodies.js';
import { CHANGE_ORDER, CREATE_ORDER, MOVE_ORDER } from './operations.js';
import { toOrderChange, toOrderInput } from './to-order-input.js';

export function registerOrderChanges(scope: FastifyInstance, contextOf: ContextOf): void {
  registerRoute(scope, {
    ...warehouseRoute,
    ...{ method: 'POST', url: '/api/v1/orders', summary: 'Takes an order', body: record },
    description:
      'The body is a `CreateOrderInput` of the GraphQL schema; `order_number`, `line_items`, `price` and their like are taken, too. Without a currency it is USD. Of `metadata` `total_amount` is the grand total and `payment_status` `paid` makes the order PAID, where the body does not say so itself; it is kept as a whole.',
    authorize: contextOf,
    answer: enveloped(record),
    errors: ['ALREADY_EXISTS', 'IDEMPOTENCY_KEY_REUSED'],
    handle: async ({ context, body, request }) =>
      success(request, await change(context, CREATE_ORDER, toOrderInput(body))),
  });
  registerRoute(scope, {
    ...warehouseRoute,
    ...{
      method: 'PATCH',
      url: '/api/v1/orders/:id',
      summary: 'Changes what an order says',
      params: byId,
      body: record,
    },
    description:
      'The body is an `UpdateOrderInput` of the GraphQL schema without its id, in its words or those of the documents: what is left out stays, null takes it away, `lines` replaces them all.',
    authorize: contextOf,
    answer: enveloped(record),
    errors: ['NOT_FOUND', 'INVALID_STATE', 'IDEMPOTENCY_KEY_REUSED'],
    handle: async ({ context, params, body, request }) =>
      success(request, await change(context, CHANGE_ORDER, { ...toOrderChange(body), id: params.id })),
  });
  registerMove(scope, contextOf);
}

function registerMove(scope: FastifyInstance, contextOf: ContextOf): void {
  registerRoute(scope, {
    ...warehouseRoute,
    ...{ method: 'PATCH', url: '/api/v1/orders/:id/status', summary: 'Moves an order on', params: byId },
    authorize: contextOf,
    body: z.object({
      status: orderStatus,
      trackingNumbers: z.array(z.string()).nullish(),
    }),
    answer: enveloped(record),
    errors: ['NOT_FOUND', 'INVALID_TRANSITION'],
    handle: async ({ context, params, body, request }) =>
      success(request, await change(context, MOVE_ORDER, { id: params.id, ...body })),
  });
}

async function change(context: HubContext, document: DocumentNode, input: object): Promise<Fields> {
  return (await runOrThrow<{ change: { order: Fields } }>(context, document, { input })).change.order;
}
