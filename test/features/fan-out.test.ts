import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type SpawnedSimulator, spawnSimulator } from '../../src/connectors/simulator/spawn-simulator.js';
import { eventually } from '../harness/eventually.js';
import { MERCHANT, startTestHub, type TestHub } from '../harness/hub.js';

const ORDERS = 8;
const KEYS = { apiKey: 'other-key', apiSecret: 'other-secret' };

const CREATE_INTEGRATION = `mutation ($input: CreateIntegrationInput!) {
  createIntegration(input: $input) { integration { id } userErrors { message } }
}`;
const CREATE_ORDER = `mutation ($input: CreateOrderInput!) {
  createOrder(input: $input) { order { id } userErrors { message } }
}`;
const LINKS = 'query ($id: ID!) { order(id: $id) { status links { state externalId integration { id } } } }';

interface Linked {
  order: { status: string; links: { state: string; externalId: string | null; integration: { id: string } }[] };
}

describe('an order that two systems know', () => {
  let hub: TestHub;
  let other: SpawnedSimulator;
  let second: { stop(): Promise<void> };

  beforeAll(async () => {
    hub = await startTestHub();
    second = await hub.startAnother();
    other = await spawnSimulator('b2b-portal', KEYS);
    const input = { merchantId: MERCHANT, name: 'Other portal', connector: 'b2b-portal', mode: 'HYBRID' };
    const settings = { baseUrl: other.url, merchantId: MERCHANT, ratePerSecond: 500 };
    const { createIntegration } = await hub.admin.ask<{ createIntegration: { userErrors: unknown[] } }>(
      CREATE_INTEGRATION,
      { input: { ...input, credentials: KEYS, settings } },
    );
    expect(createIntegration.userErrors).toEqual([]);
  });
  afterAll(async () => {
    await second?.stop();
    await hub?.stop();
    await other?.stop();
  });

  async function place(number: string): Promise<string> {
    const lines = [{ sku: 'A', quantity: 1, unitPrice: '1.50' }];
    const input = { number, merchantId: MERCHANT, currency: 'EUR', lines };
    const { createOrder } = await hub.admin.ask<{ createOrder: { order: { id: string } } }>(CREATE_ORDER, { input });
    return createOrder.order.id;
  }
  const linksOf = async (id: string) => (await hub.admin.ask<Linked>(LINKS, { id })).order;
  const statusesAt = async (portal: SpawnedSimulator) =>
    (await portal.control.state())['orders']?.map(({ status }) => status);

  it('H1 tells the other system once what one reports, and the reporter nothing', async () => {
    const ids = await Promise.all(Array.from({ length: ORDERS }, (_, i) => place(`FAN-${i}`)));
    const synced = await Promise.all(
      ids.map((id) =>
        eventually(
          () => linksOf(id),
          ({ links }) => links.length === 2 && links.every(({ state }) => state === 'SYNCED'),
          30_000,
        ),
      ),
    );

    for (const { links } of synced) {
      const externalId = links.find(({ integration }) => integration.id === 'b2b-portal')?.externalId ?? '';
      await hub.portal.control.advance({ id: externalId, status: 'SHIPPED' });
    }

    await eventually(
      () => statusesAt(other),
      (statuses) => statuses?.length === ORDERS && statuses.every((status) => status === 'SHIPPED'),
      30_000,
    );
    expect(await writesTo(other)).toBe(2 * ORDERS);
    expect(await writesTo(hub.portal)).toBe(ORDERS);
    expect((await Promise.all(ids.map(linksOf))).map(({ status }) => status)).toEqual(ids.map(() => 'SHIPPED'));
  });

  it('H2 syncOrder that names no integration sends the order to all that take it', async () => {
    const id = await place('FAN-ALL');
    const both = ({ links }: Linked['order']) => links.length === 2 && links.every(({ state }) => state === 'SYNCED');
    const { links } = await eventually(() => linksOf(id), both, 30_000);
    const counts = await Promise.all([hub.portal, other].map(writesTo));

    const { syncOrder } = await hub.admin.ask<{
      syncOrder: { syncEvent: { integration: { id: string } } | null; userErrors: unknown[] };
    }>(
      `mutation ($id: ID!) { syncOrder(input: { id: $id, force: true }) {
        syncEvent { integration { id } } userErrors { message }
      } }`,
      { id },
    );

    expect(syncOrder.userErrors).toEqual([]);
    expect(links.map(({ integration }) => integration.id)).toContain(syncOrder.syncEvent?.integration.id);
    await eventually(
      () => Promise.all([hub.portal, other].map(writesTo)),
      (now) => now.every((count, place) => count === (counts[place] ?? 0) + 1),
      30_000,
    );
  });
});

const writesTo = async (portal: SpawnedSimulator) => (await portal.control.state()).effects.length;
