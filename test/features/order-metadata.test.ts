import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { SpawnedSimulator } from '../../src/connectors/simulator/spawn-simulator.js';
import { eventually } from '../harness/eventually.js';
import { startWarehouseHub, type WarehouseHub } from '../harness/warehouse-hub.js';
import { createOrder, idOf, mutate, orderInput, show } from './order-client.js';

let hub: WarehouseHub;
beforeAll(async () => {
  hub = await startWarehouseHub();
});
afterAll(() => hub.stop());

type Sent = Record<string, unknown>;
const metadataOf = async (id: string) =>
  (
    await hub.admin.ask<{ order: { metadata: unknown; notes: string | null } }>(
      'query ($id: ID!) { order(id: $id) { metadata notes } }',
      { id },
    )
  ).order;

/** What both systems have of the order, once each has taken what it was sent. */
async function sentOf(id: string): Promise<{ portal: Sent; warehouse: Sent }> {
  await eventually(
    () => show(hub.admin, 'order', id),
    ({ links }) => links.length === 2 && links.every(({ state }) => state === 'SYNCED'),
  );
  const ofOrder = async (simulator: SpawnedSimulator, idIn: (order: Sent) => unknown) => {
    const { orders } = (await simulator.control.state()) as unknown as { orders: Sent[] };
    return orders.find((order) => idIn(order) === id) ?? {};
  };
  return {
    portal: await ofOrder(hub.portal, (order) => order['erp_order_id']),
    warehouse: await ofOrder(hub.warehouse, ({ metadata }) => (metadata as Sent | undefined)?.['portal_order_id']),
  };
}

it('B1 E10 keeps an order’s metadata, shows it, and sends it and its notes to the systems that have a place for them', async () => {
  const metadata = { delivery_zone: 'NORTH', gift: true, floors: [1, 2] };

  const id = await idOf(createOrder(hub.admin, orderInput({ status: 'PAID', notes: 'Ring twice', metadata })));
  const first = await sentOf(id);
  await idOf(
    mutate(hub.admin, 'updateOrder', 'UpdateOrderInput', 'order', { id, metadata: { delivery_zone: 'SOUTH' } }),
  );
  const second = await sentOf(id);

  expect(await metadataOf(id)).toEqual({ metadata: { delivery_zone: 'SOUTH' }, notes: 'Ring twice' });
  expect(first.portal).toMatchObject({ notes: 'Ring twice', metadata });
  const own = { portal_order_id: id, payment_status: 'paid', total_amount: 199.98, notes: 'Ring twice' };
  expect(first.warehouse['metadata']).toEqual({ ...metadata, ...own });
  expect(second.portal).toMatchObject({ metadata: { delivery_zone: 'SOUTH' } });
  expect(second.warehouse['metadata']).toEqual({ ...own, delivery_zone: 'SOUTH' });
});

it('E14 keeps the metadata of the document’s order, and never lets it say whose order it is', async () => {
  const metadata = { portal_order_id: 'shop-77', delivery_zone: 'WEST', total_amount: 12.5, payment_status: 'paid' };
  const body = {
    ...{ order_number: 'META-1', order_date: '2026-11-20T10:00:00Z', metadata },
    line_items: [{ sku: 'MUG', quantity: 1, price: 12.5, description: 'Mug' }],
  };

  const answer = await fetch(`${hub.url}/api/v1/orders`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: await hub.bearer({}) },
    body: JSON.stringify(body),
  });
  const { data } = (await answer.json()) as { data: { id: string; metadata: unknown } };
  const { warehouse: sent } = await sentOf(data.id);

  expect(data.metadata).toEqual(metadata);
  expect(sent['metadata']).toEqual({ ...metadata, portal_order_id: data.id });
});

it('B1 refuses metadata that is no object or too large, with its path', async () => {
  const refused = await Promise.all(
    [[1, 2], 'text', { text: 'x'.repeat(20_000) }, { bad: '\ud800' }].map((metadata) =>
      createOrder(hub.admin, orderInput({ metadata })),
    ),
  );

  expect(refused.map(({ userErrors }) => userErrors[0])).toEqual(
    refused.map(() => expect.objectContaining({ code: 'BAD_USER_INPUT' })),
  );
  expect(refused[1]?.userErrors[0]?.path?.slice(0, 2)).toEqual(['input', 'metadata']);
});
