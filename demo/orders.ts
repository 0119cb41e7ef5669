import { setTimeout as sleep } from 'node:timers/promises';
import type { Stage } from './stage.js';

const CREATE = `mutation CreateOrder($input: CreateOrderInput!) {
  createOrder(input: $input) { order { id number } userErrors { message retryable } }
}`;
const UNREACHABLE_PAUSE_MS = 100;

/** An order that the hub has acknowledged. */
export interface AcknowledgedOrder {
  id: string;
  number: string;
}

/**
 * Sends one order until the hub acknowledges it: while the hub is away it is sent again under the same idempotency key,
 * as a careful client does.
 * @throws Error when the hub refuses it
 */
async function placeOrder(stage: Stage, number: string): Promise<AcknowledgedOrder> {
  for (;;) {
    const answer = await stage.user
      .graphql<{
        createOrder: { order: AcknowledgedOrder | null; userErrors: { message: string; retryable: boolean }[] };
      }>(CREATE, { input: orderOf(stage.merchantId, number) })
      .catch(() => null);
    const payload = answer?.data?.createOrder;
    if (payload?.order) return payload.order;
    const failure = payload?.userErrors[0];
    if (failure && !failure.retryable) throw new Error(`${number}: ${failure.message}`);
    await sleep(UNREACHABLE_PAUSE_MS);
  }
}

/** Places orders, a few at a time, and tells of each that is acknowledged. */
export async function placeOrders(
  stage: Stage,
  numbers: string[],
  onAcknowledged: (order: AcknowledgedOrder) => void,
  atOnce = 8,
): Promise<void> {
  const waiting = [...numbers];
  const next = async (): Promise<void> => {
    for (let number = waiting.shift(); number; number = waiting.shift())
      onAcknowledged(await placeOrder(stage, number));
  };
  await Promise.all(Array.from({ length: atOnce }, next));
}

function orderOf(merchantId: string, number: string): Record<string, unknown> {
  return {
    number,
    merchantId,
    currency: 'EUR',
    idempotencyKey: `demo-${number}`,
    customer: { name: 'Ayşe Yılmaz', email: `${number.toLowerCase()}@example.com` },
    lines: [
      { sku: 'MUG-01', name: 'Mug', quantity: 2, unitPrice: '9.99' },
      { sku: 'TEA-07', name: 'Black tea 500 g', quantity: 1, unitPrice: '14.50' },
    ],
    shippingAddress: { name: 'Ayşe Yılmaz', line1: 'İstiklal Caddesi 1', city: 'İstanbul', country: 'TR' },
  };
}
