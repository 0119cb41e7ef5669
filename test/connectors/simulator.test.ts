import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { buffer } from 'node:stream/consumers';
import { afterEach, expect, it } from '@jest/globals';
import { b2bPortal } from '../../src/connectors/b2b-portal/index.js';
import type { Effect } from '../../src/connectors/connector.js';
import { type SpawnedSimulator, spawnSimulator } from '../../src/connectors/simulator/spawn-simulator.js';
import { createUpstreamHttp } from '../../src/connectors/upstream/upstream-http.js';
import { startServer } from './local-server.js';
import { orderSnapshot } from './sample-snapshots.js';

const keys = { apiKey: 'portal-key', apiSecret: 'portal-secret' };
const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function spawnPortal(options: Partial<Parameters<typeof spawnSimulator>[1]> = {}): Promise<SpawnedSimulator> {
  const portal = await spawnSimulator('b2b-portal', { ...keys, ...options });
  stops.push(portal.stop);
  return portal;
}

async function createOrders(portal: SpawnedSimulator, count: number): Promise<void> {
  const http = createUpstreamHttp({ httpsOnly: false });
  const settings = b2bPortal.settings.parse({ baseUrl: portal.url, merchantId: 'm' });
  const connection = b2bPortal.connect({ credentials: { apiKey: keys.apiKey }, settings }, http);
  for (let number = 1; number <= count; number++) {
    const effect = {
      operation: 'CREATE',
      entityType: 'ORDER',
      snapshot: orderSnapshot(),
      externalId: null,
      attempt: 1,
    };
    await connection.deliver({ ...effect, idempotencyKey: `k${number}`, entityId: 'x', syncEventId: '1' } as Effect);
  }
  http.close();
}

/** Receives webhooks; answers 503 as often as said, then 200. */
async function receiveWebhooks(refusals = 0) {
  const bodies: { id: string; data: { id: string; status: string } }[] = [];
  let refused = 0;
  const server = await startServer(async (request, response) => {
    const body = JSON.parse((await buffer(request)).toString());
    if (refused < refusals) {
      refused++;
      response.writeHead(503).end();
      return;
    }
    bodies.push(body);
    response.end();
  });
  stops.push(server.stop);
  return { url: server.url, bodies };
}

async function waitFor(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 20));
}

it('moves its orders through their life by itself, on the same paths for the same seed', async () => {
  const lives = async (seed: number) => {
    const hub = await receiveWebhooks();
    const portal = await spawnPortal({ seed, lifecycle: true, stepMs: 10, webhookUrl: hub.url });
    await createOrders(portal, 15);
    const ended = /DELIVERED|CANCELLED|RETURNED/;
    await waitFor(
      async () => (await portal.control.state())['orders']?.every((it) => ended.test(`${it['status']}`)) ?? false,
    );
    const { orders, webhooks } = await portal.control.state();
    await waitFor(() => hub.bodies.length >= webhooks.length);
    const told = Map.groupBy(hub.bodies, ({ data }) => data.id);
    return orders?.map((it) => [it['id'], it['status'], told.get(`${it['id']}`)?.length]);
  };

  const [first, again, other] = [await lives(7), await lives(7), await lives(8)];

  expect(again).toEqual(first);
  expect(other).not.toEqual(first);
});

it('sends a webhook again, the same, until it is taken', async () => {
  const hub = await receiveWebhooks(2);
  const portal = await spawnPortal({ webhookUrl: hub.url });
  await createOrders(portal, 1);

  const { orders } = await portal.control.state();

  await portal.control.advance({ id: String(orders?.[0]?.['id']), status: 'SHIPPED' });

  await waitFor(async () => (await portal.control.state()).webhooks[0]?.status === 200);
  expect(hub.bodies).toMatchObject([{ event: 'order.status.updated', data: { status: 'SHIPPED' } }]);
  expect((await portal.control.state()).webhooks).toMatchObject([{ attempts: 3, eventId: hub.bodies[0]?.id }]);
});

it('hits as many requests as a fault counts, and of them the share that its probability says', async () => {
  const hits = async (seed: number) => {
    const portal = await spawnPortal({ seed });
    await portal.control.addFault({ kind: 'status', status: 418, count: 10, probability: 0.5, path: '/health' });
    const headers = { 'x-api-key': keys.apiKey, 'x-merchant-id': 'm' };
    const statuses: number[] = [];
    for (let n = 0; n < 60; n++) statuses.push((await fetch(`${portal.url}/health`, { headers })).status);
    return statuses;
  };

  const [first, again] = [await hits(3), await hits(3)];

  expect(again).toEqual(first);
  expect(first.filter((status) => status === 418)).toHaveLength(10);
  expect(first.slice(0, 10)).toContain(200);
});

it('refuses another request under a key that was used', async () => {
  const portal = await spawnPortal();
  const send = (body: string) => {
    const headers = { 'x-api-key': keys.apiKey, 'x-merchant-id': 'm', 'idempotency-key': 'k' };
    return fetch(`${portal.url}/orders`, { method: 'POST', headers, body });
  };
  await createOrders(portal, 1);
  const [{ body = '' } = {}] = await portal.control.requests();

  const answers = [await send(body), await send(body), await send(body.replace('PO-1', 'PO-2'))];

  expect(answers.map((answer) => answer.status)).toEqual([201, 201, 422]);
  expect((await portal.control.state()).effects).toMatchObject([{ repeats: 0 }, { idempotencyKey: 'k', repeats: 1 }]);
});

it('goes on after a restart with what it had, keys and all', async () => {
  const stateFile = join(mkdtempSync(join(tmpdir(), 'syncline-simulator-')), 'state.json');
  stops.push(() => rmSync(dirname(stateFile), { recursive: true }));
  const first = await spawnPortal({ stateFile });
  await createOrders(first, 2);
  const before = await first.control.state();
  await first.stop();

  const second = await spawnPortal({ stateFile });
  await createOrders(second, 3);

  const { orders, effects } = await second.control.state();
  expect(orders?.slice(0, 2)).toEqual(before['orders']);
  expect(effects.map(({ idempotencyKey, repeats }) => [idempotencyKey, repeats])).toEqual([
    ['k1', 1],
    ['k2', 1],
    ['k3', 0],
  ]);
});

it('ends with the process that started it', async () => {
  const program = join(import.meta.dirname, '../../src/connectors/simulator/run-simulators.js');
  const module = new URL('../../src/connectors/b2b-portal/simulator.js', import.meta.url).href;
  const env = {
    ...process.env,
    SIMULATED_SYSTEMS: JSON.stringify([{ module, options: { apiKey: 'k', apiSecret: 's' } }]),
  };
  const child = fork(program, { silent: true, execArgv: [], env });
  stops.push(() => child.kill('SIGKILL'));
  if (child.stdout) await once(createInterface({ input: child.stdout }), 'line');
  const ended = once(child, 'exit');

  child.disconnect();

  expect(await ended).toEqual([0, null]);
});

it('says what is wrong with its arguments', async () => {
  await expect(spawnSimulator('b2b-portal', { ...keys, stepMs: 0 })).rejects.toThrow('ended with 1');
});
