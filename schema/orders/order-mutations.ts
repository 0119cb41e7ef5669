import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { createOrder } from '../../src/flow/orders/create-order.js';
import { updateOrder } from '../../src/flow/orders/update-order.js';
import { updateOrderStatus } from '../../src/flow/orders/update-order-status.js';
import { Allow } from '../allow.js';
import type { HubContext } from '../context.js';
import { mutate } from '../mutate.js';
import { OrderPayload } from '../payloads.js';
import { CreateOrderInput, UpdateOrderInput, UpdateOrderStatusInput } from './order-inputs.js';

const NONE = { order: null };

@Resolver()
export class OrderMutations {
  @Allow('operator')
  @Mutation(() => OrderPayload, { description: 'Operators. One sync event for each integration that takes orders.' })
  createOrder(
    @Arg('input', () => CreateOrderInput) input: CreateOrderInput,
    @Ctx() context: HubContext,
  ): Promise<OrderPayload> {
    const info = { action: 'order.create', argument: 'input', failed: NONE };
    return mutate(context, info, async (...hub) => ({ order: await createOrder(...hub, input) }));
  }

  @Allow('operator')
  @Mutation(() => OrderPayload, {
    description:
      'Operators. Changes what an order says, until it has ended; one sync event for each integration that has it. What changes nothing has no effect.',
  })
  updateOrder(
    @Arg('input', () => UpdateOrderInput) input: UpdateOrderInput,
    @Ctx() context: HubContext,
  ): Promise<OrderPayload> {
    const info = { action: 'order.update', argument: 'input', failed: NONE };
    return mutate(context, info, async (...hub) => ({ order: await updateOrder(...hub, input) }));
  }

  @Allow('operator')
  @Mutation(() => OrderPayload, { description: 'Operators. The status that it has already has no effect.' })
  updateOrderStatus(
    @Arg('input', () => UpdateOrderStatusInput) input: UpdateOrderStatusInput,
    @Ctx() context: HubContext,
  ): Promise<OrderPayload> {
    const info = { action: 'order.update_status', argument: 'input', failed: NONE };
    return mutate(context, info, async (...hub) => ({ order: await updateOrderStatus(...hub, input) }));
  }
}
