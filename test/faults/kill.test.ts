import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type AcknowledgedOrder, placeOrders } from '../../demo/orders.js';
import { readSyncEvents, untilSettled } from '../../demo/settled.js';
import { openStage, type Stage } from '../../demo/stage.js';
import { type Watcher, watch } from '../../demo/watcher.js';
import { createRandom } from '../../src/connectors/simulator/random.js';
import { eventually } from '../harness/eventually.js';

/**
 * What it catches: a new idempotency key for each attempt makes H2 fail, an answer before the webhook is stored B12.
 */
const SEED = 20261122;
const KILLS = 20;
const PAUSE_MS = 600;
const REDRIVE = `mutation {
  redriveSyncEvents(filter: { status: [FAILED], direction: OUTBOUND }) { affected userErrors { message } }
}`;

/** Traffic in both directions that does not stop while hub and database are killed. */
interface Traffic {
  acknowledged: AcknowledgedOrder[];
  stop(): Promise<void>;
}

function startTraffic(stage: Stage): Traffic {
  const acknowledged: AcknowledgedOrder[] = [];
  let stopped = false;
  const run = async () => {
    for (let batch = 1; !stopped; batch++) {
      const numbers = Array.from({ length: 8 }, (_, i) => `K${batch}-${i + 1}`);
      await placeOrders(stage, numbers, (order) => void acknowledged.push(order), 4);
    }
  };
  const running = run();
  return {
    acknowledged,
    stop: async () => {
      stopped = true;
      await running;
    },
  };
}

async function addFaults({ portal }: Stage): Promise<void> {
  const always = { count: null, path: '/orders' };
  await portal.control.addFault({ ...always, kind: 'status', status: 503, probability: 0.05 });
  await portal.control.addFault({ ...always, kind: 'hang-up', when: 'after', probability: 0.05 });
  await portal.control.addFault({ ...always, kind: 'hang-up', when: 'before', probability: 0.05 });
  await portal.control.addFault({ ...always, kind: 'latency', ms: 50, probability: 0.5 });
}

/** Until nothing is open and no dead letter is left: an attempt that a kill cut short counts as one. */
async function settle(stage: Stage): Promise<void> {
  for (let round = 0; round < 10; round++) {
    await untilSettled(stage, 90_000);
    const { redriveSyncEvents } = await stage.user.ask<{ redriveSyncEvents: { affected: number } }>(REDRIVE);
    if (redriveSyncEvents.affected === 0) return;
  }
  throw new Error('Dead letters come back however often they are redriven');
}

describe('kill -9 of the hub and of PostgreSQL during traffic with faults', () => {
  let stage: Stage;
  let watcher: Watcher;
  let acknowledged: AcknowledgedOrder[];

  beforeAll(async () => {
    const random = createRandom(SEED);
    stage = await openStage({ seed: SEED, ratePerSecond: 500, lifecycle: true });
    await addFaults(stage);
    watcher = await watch(stage);
    const traffic = startTraffic(stage);
    for (let kill = 0; kill < KILLS; kill++) {
      await sleep(random.next() * PAUSE_MS);
      if (kill % 2 === 0) await stage.killHub();
      else stage.killDatabase();
    }
    await traffic.stop();
    acknowledged = traffic.acknowledged;
    await stage.portal.control.clearFaults();
    await settle(stage);
  }, 300_000);
  afterAll(async () => {
    await watcher?.stop();
    await stage?.close();
  });

  it('has traffic to speak of', () => {
    expect(acknowledged.length).toBeGreaterThan(10);
  });

  it('H2 loses no acknowledged order and makes none twice', async () => {
    const { orders = [] } = await stage.portal.control.state();

    const made = orders.map((order) => String(order['order_number'])).sort();

    expect(made).toEqual(acknowledged.map(({ number }) => number).sort());
  });

  it('B21 has one effect for each idempotency key', async () => {
    const { effects } = await stage.portal.control.state();

    const keys = effects.map(({ idempotencyKey }) => idempotencyKey);

    expect(keys).not.toContain(null);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('B11 leaves nothing stuck', async () => {
    const events = await readSyncEvents(stage, { direction: 'OUTBOUND' });

    expect(events.filter(({ status }) => status !== 'SUCCESS')).toEqual([]);
  });

  it('B12 keeps and applies every webhook that it took', async () => {
    const { webhooks } = await stage.portal.control.state();
    const taken = webhooks.filter(({ status }) => status !== null && status < 300).map(({ eventId }) => eventId);

    const kept = await readWebhookEvents(stage);

    expect(taken.length).toBeGreaterThan(10);
    expect(taken.filter((eventId) => !kept.has(eventId))).toEqual([]);
    expect([...kept.values()].filter((status) => !['PROCESSED', 'IGNORED'].includes(status))).toEqual([]);
  });

  it('H3 shows a subscriber every order and every delivery, each change once', async () => {
    const missing = () =>
      acknowledged.filter(({ id }) => !['created', 'synced'].every((it) => watcher.seen.has(`order.${it} ${id}`)));

    await eventually(
      async () => missing(),
      ({ length }) => length === 0,
    );

    expect(watcher.repeats).toBe(0);
  });
});

interface KeptPage {
  webhookEvents: {
    edges: { node: { eventId: string; status: string } }[];
    pageInfo: { hasNextPage: boolean; endCursor: string };
  };
}

async function readWebhookEvents(stage: Stage): Promise<Map<string, string>> {
  const kept = new Map<string, string>();
  for (let after: string | null = null; ; ) {
    const { webhookEvents }: KeptPage = await stage.user.ask<KeptPage>(
      `query Kept($after: Cursor) {
        webhookEvents(first: 100, after: $after) { edges { node { eventId status } } pageInfo { hasNextPage endCursor } }
      }`,
      { after },
    );
    for (const { node } of webhookEvents.edges) kept.set(node.eventId, node.status);
    if (!webhookEvents.pageInfo.hasNextPage) return kept;
    after = webhookEvents.pageInfo.endCursor;
  }
}
