import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { connectors } from '../../src/connectors/registry.js';
import { eventually } from '../harness/eventually.js';
import { startTestHub, type TestHub } from '../harness/hub.js';
import { createOrder, idOf, mutate, orderInput, settled } from './order-client.js';

const INTEGRATION = 'b2b-portal';
const ATTEMPTS = `query ($filter: SyncEventFilter) { syncEvents(filter: $filter, first: 100) {
  nodes { id status entityType retryCount nextAttemptAt errorCode attempts { number startedAt durationMs } } } }`;
const HEALTH = '{ connectorHealth { circuit integration { id } } }';
const REDRIVE =
  'mutation ($filter: SyncEventFilter!) { redriveSyncEvents(filter: $filter) { affected userErrors { message } } }';

interface Tried {
  id: string;
  status: string;
  entityType: string;
  retryCount: number;
  nextAttemptAt: string | null;
  errorCode: string | null;
  attempts: { number: number; startedAt: string; durationMs: number }[];
}

describe('how the hub delivers', () => {
  let hub: TestHub;
  beforeAll(async () => {
    hub = await startTestHub();
  });
  afterAll(() => hub.stop());
  beforeEach(() => hub.portal.control.clearFaults());

  const allow = (settings: object) =>
    mutate(hub.admin, 'updateIntegration', 'UpdateIntegrationInput', 'integration', { id: INTEGRATION, settings });
  const place = () => idOf(createOrder(hub.admin, orderInput()));
  const events = async (filter: object) =>
    (await hub.admin.ask<{ syncEvents: { nodes: Tried[] } }>(ATTEMPTS, { filter })).syncEvents.nodes;
  const circuit = async () =>
    (await hub.admin.ask<{ connectorHealth: { circuit: string }[] }>(HEALTH)).connectorHealth[0]?.circuit;

  it('G20 backs off, opens the circuit, parks dead letters, and redrives them to one effect each', async () => {
    await allow({
      maxRetries: 2,
      backoffBaseMs: 50,
      circuitFailures: 6,
      circuitOpenMs: 300,
      ratePerSecond: 500,
      concurrency: 1,
    });
    await hub.portal.control.addFault({ kind: 'status', status: 503, count: null });

    const ids = [await place(), await place()];
    await Promise.all(ids.map((id) => settled(hub.admin, 'order', id, 'FAILED')));
    const dead = await events({ status: ['FAILED'], direction: 'OUTBOUND' });
    const opened = await circuit();
    await hub.portal.control.clearFaults();
    const { redriveSyncEvents } = await hub.admin.ask<{ redriveSyncEvents: { affected: number } }>(REDRIVE, {
      filter: { status: ['FAILED'], integrationId: INTEGRATION },
    });

    expect(dead.map(({ retryCount, errorCode }) => [retryCount, errorCode])).toEqual([
      [2, 'UPSTREAM_UNAVAILABLE'],
      [2, 'UPSTREAM_UNAVAILABLE'],
    ]);
    for (const { attempts } of dead) expect(pauses(attempts)[1]).toBeGreaterThanOrEqual(100);
    expect(opened).toBe('OPEN');
    expect(redriveSyncEvents.affected).toBe(2);
    await Promise.all(ids.map((id) => settled(hub.admin, 'order', id, 'SYNCED')));
    expect((await hub.portal.control.state()).effects).toHaveLength(2);
    expect(await circuit()).toBe('CLOSED');
  });

  it('G23 starts what has the higher priority first', async () => {
    await allow({ concurrency: 1 });
    await hub.portal.control.addFault({ kind: 'latency', ms: 60_000, path: '/orders', method: 'POST' });
    const start = (entityType: string, priority: number) =>
      idOf(
        mutate(hub.admin, 'startSync', 'StartSyncInput', 'syncEvent', {
          integrationId: INTEGRATION,
          entityType,
          priority,
        }),
      );
    await place();
    await eventually(
      () => events({ status: ['IN_PROGRESS'] }),
      (found) => found.length === 1,
    );

    await start('ORDER', 0);
    await start('INVOICE', 10);
    await hub.portal.control.clearFaults();
    const queries = await eventually(
      () => events({ entityId: INTEGRATION }),
      (found) => found.length === 2 && found.every(({ status }) => status === 'SUCCESS'),
    );

    const order = queries.toSorted((a, b) => startOf(a) - startOf(b)).map(({ entityType }) => entityType);
    expect(order).toEqual(['INVOICE', 'ORDER']);
  });

  it('G23 calls no more at once than the integration allows', async () => {
    await allow({ concurrency: 2 });
    await hub.portal.control.addFault({ kind: 'latency', ms: 250, method: 'POST', count: null });
    const ids = await Promise.all(Array.from({ length: 6 }, place));
    await Promise.all(ids.map((id) => settled(hub.admin, 'order', id, 'SYNCED')));

    const attempts = (await Promise.all(ids.map((entityId) => events({ entityId }))))
      .flat()
      .flatMap((one) => one.attempts);

    const atOnce = attempts.map(({ startedAt }) => attempts.filter((other) => isUnderWay(other, startedAt)).length);
    expect(Math.max(...atOnce)).toBe(2);
  });

  it('G23 answers a repeated idempotency key with the order it made before', async () => {
    const input = { ...orderInput(), idempotencyKey: 'the-same-order' };

    const [first, second] = await Promise.all([createOrder(hub.admin, input), createOrder(hub.admin, input)]);

    expect(second).toEqual(first);
    await settled(hub.admin, 'order', first.id ?? '', 'SYNCED');
    const { orders = [] } = await hub.portal.control.state();
    expect(orders.filter(({ order_number }) => order_number === input.number)).toHaveLength(1);
  });
});

it('G21 every connector that calls or is called has a simulator', () => {
  const folder = join(import.meta.dirname, '../../src/connectors');

  const without = connectors.filter(({ name }) => !existsSync(join(folder, name, 'simulator.js')));

  expect(without.map(({ name }) => name)).toEqual([]);
});

const startOf = ({ attempts }: Tried) => Date.parse(attempts[0]?.startedAt ?? '');

/** Milliseconds from the start of each attempt to that of the next. */
function pauses(attempts: Tried['attempts']): number[] {
  const starts = attempts.map(({ startedAt }) => Date.parse(startedAt));
  return starts.slice(1).map((start, index) => start - (starts[index] ?? 0));
}

function isUnderWay({ startedAt, durationMs }: Tried['attempts'][number], at: string): boolean {
  const start = Date.parse(startedAt);
  const instant = Date.parse(at);
  return start <= instant && instant < start + durationMs;
}
