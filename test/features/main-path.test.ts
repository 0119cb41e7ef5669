import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../harness/eventually.js';
import { MERCHANT, startTestHub, type TestHub } from '../harness/hub.js';
import { cursorNow } from './order-client.js';

let hub: TestHub;
beforeAll(async () => {
  hub = await startTestHub();
});
afterAll(() => hub.stop());

const CREATE = `mutation Create($input: CreateOrderInput!) {
  createOrder(input: $input) {
    order { id number status totals { grandTotal } links { state externalId } }
    userErrors { code message path }
  }
}`;
const ORDER = `query Order($id: ID!) {
  order(id: $id) { status links { state externalId externalNumber syncedAt lastError } trackingNumbers }
}`;

interface Created {
  createOrder: { order: { id: string; totals: { grandTotal: string } } | null; userErrors: { message: string }[] };
}
interface Shown {
  order: { status: string; links: { state: string; externalId: string | null }[]; trackingNumbers: string[] };
}

async function place(number: string): Promise<string> {
  const input = {
    number,
    merchantId: MERCHANT,
    currency: 'EUR',
    lines: [{ sku: 'MUG', quantity: 3, unitPrice: '9.99' }],
  };
  const { createOrder } = await hub.admin.ask<Created>(CREATE, { input });
  return createOrder.order?.id ?? '';
}

const show = (id: string) => hub.admin.ask<Shown>(ORDER, { id });

describe('the main path', () => {
  it('B1 H2 an order created in the hub reaches the portal, and its link says so', async () => {
    const id = await place('PATH-1');

    const { order } = await eventually(
      () => show(id),
      (answer) => answer.order.links[0]?.state === 'SYNCED',
    );

    const { orders = [] } = await hub.portal.control.state();
    expect(orders.filter((made) => made['order_number'] === 'PATH-1')).toEqual([
      expect.objectContaining({ id: order.links[0]?.externalId }),
    ]);
  });

  it('B3 H3 a status that the portal sends comes back, and a subscriber sees it', async () => {
    const id = await place('PATH-2');
    const { order } = await eventually(
      () => show(id),
      (answer) => answer.order.links[0]?.state === 'SYNCED',
    );
    const seen = hub.admin.subscribe<{ orderStatusChanged: Record<string, unknown> }>(
      'subscription Seen($id: ID, $after: Cursor) { orderStatusChanged(orderId: $id, after: $after) { cursor previousStatus newStatus order { number } } }',
      { id, after: await cursorNow(hub.admin) },
    );
    await hub.portal.control.advance({ id: String(order.links[0]?.externalId), status: 'CONFIRMED', webhook: false });

    await hub.portal.control.sendWebhook({ id: String(order.links[0]?.externalId), status: 'CONFIRMED' });
    const change = (await seen.next()).value?.orderStatusChanged;

    expect(change).toMatchObject({ previousStatus: 'PENDING', newStatus: 'CONFIRMED', order: { number: 'PATH-2' } });
    expect((await show(id)).order.status).toBe('CONFIRMED');
    await seen.return(undefined);
  });
});
