import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { eventually } from '../harness/eventually.js';
import { startTestHub, type TestHub } from '../harness/hub.js';
import { createInvoice, createOrder, idOf, moveOrder, orderInput, settled } from './order-client.js';

let hub: TestHub;
beforeAll(async () => {
  hub = await startTestHub();
});
afterAll(() => hub.stop());

interface Entry {
  id: string;
  at: string;
  kind: string;
  title: string;
  outcome: string | null;
  entityType: string;
  details: Record<string, unknown>;
}
interface Page {
  order: { timeline: { nodes: Entry[]; pageInfo: { hasNextPage: boolean; endCursor: string } } };
}

const PAGE = `query ($id: ID, $first: Int, $after: Cursor) { order(id: $id) { timeline(first: $first, after: $after) {
  nodes { id at kind title outcome entityType details } pageInfo { hasNextPage endCursor } } } }`;

async function timelineOf(id: string, first: number): Promise<Entry[]> {
  const entries: Entry[] = [];
  for (let after: string | null = null; ; ) {
    const { order }: Page = await hub.admin.ask<Page>(PAGE, { id, first, after });
    entries.push(...order.timeline.nodes);
    if (!order.timeline.pageInfo.hasNextPage) return entries;
    after = order.timeline.pageInfo.endCursor;
  }
}

it('H9 tells the whole story of an order and its invoices, oldest first, by pages of any size', async () => {
  await hub.portal.control.addFault({ kind: 'status', status: 503, method: 'POST', path: '/orders' });
  const id = await idOf(createOrder(hub.admin, orderInput()));
  const { links } = await settled(hub.admin, 'order', id, 'SYNCED');
  const invoice = await idOf(createInvoice(hub.admin, { orderId: id, number: `INV-${id}` }));
  await settled(hub.admin, 'invoice', invoice, 'SYNCED');
  await idOf(moveOrder(hub.admin, { id, status: 'CONFIRMED' }));
  await settled(hub.admin, 'order', id, 'SYNCED');
  await hub.portal.control.sendWebhook({ id: String(links[0]?.externalId), status: 'SHIPPED' });

  const story = await eventually(
    () => timelineOf(id, 100),
    (entries) => entries.some(({ title }) => title === 'Order moved from CONFIRMED to SHIPPED'),
  );
  const inPages = await timelineOf(id, 3);

  const titles = story.map(({ title }) => title);
  expect(inPages).toEqual(story);
  // Without the Z text sorts as time does: 50 before 50.04.
  const times = story.map(({ at }) => at.replace('Z', ''));
  expect(times).toEqual(times.toSorted());
  expect(new Set(story.map(({ kind }) => kind))).toEqual(
    new Set(['sync_event', 'attempt', 'webhook_event', 'status_change', 'audit']),
  );
  expect(titles).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^Create for /),
      expect.stringMatching(/^Attempt 1 at .*: POST http.*\/orders answered 503 after \d+ ms$/),
      expect.stringMatching(/^Attempt 2 at .*: POST http.*\/orders answered 20\d after \d+ ms$/),
      expect.stringMatching(/^order\.status\.updated from /),
      'order.create by tester',
      'order.update_status by tester',
    ]),
  );
  const [attempt] = story.filter(({ kind, outcome }) => kind === 'attempt' && outcome === 'DELIVERED');
  expect(attempt?.details).toMatchObject({ request: { method: 'POST' }, response: { status: 201 } });
  expect(JSON.stringify(story)).not.toContain('portal-key');
  expect(story.filter(({ entityType }) => entityType === 'INVOICE').map(({ kind }) => kind)).toContain('attempt');
});
