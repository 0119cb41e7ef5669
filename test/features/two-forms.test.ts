import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { eventually } from '../harness/eventually.js';
import { startTestHub, type TestHub } from '../harness/hub.js';
import { putMapping } from './mapping-client.js';
import { createOrder, idOf, mutate, orderInput } from './order-client.js';
import { startWilfulSystem, type WilfulSystem } from './wilful-system.js';

/** Two ERPs that write telephone numbers differently, and two shops of which each adds its mark to an order's notes. */
let hub: TestHub;
let plain: WilfulSystem;
let spaced: WilfulSystem;
let first: WilfulSystem;
let second: WilfulSystem;
let marks = true;
let silent = false;

beforeAll(async () => {
  hub = await startTestHub();
  plain = await startWilfulSystem(hub, 'flasherp', ({ phone }) => ({ phone: String(phone).replaceAll(' ', '') }));
  spaced = await startWilfulSystem(hub, 'flasherp', ({ phone }) => ({
    phone: String(phone).replaceAll(/(\d\d)(?=\d)/g, '$1 '),
  }));
  const marking = (mark: string) =>
    startWilfulSystem(hub, 'b2b-portal', ({ notes }) => {
      if (silent) return null;
      return marks && notes ? { notes: `${notes}${mark}` } : {};
    });
  first = await marking('!');
  second = await marking('?');
  for (const { integrationId } of [first, second])
    await putMapping(hub.admin, [{ source: 'notes', target: 'order.notes' }], { integrationId, direction: 'INBOUND' });
});
afterAll(async () => {
  await hub?.stop();
  for (const system of [plain, spaced, first, second]) system?.stop();
});

interface Passed {
  id: string;
  entityId: string;
  integration: { id: string };
  errorMessage: string;
}

/** What was not sent for this reason, once there are so many. */
async function passedOver(errorCode: string, entityType: string, count: number): Promise<Passed[]> {
  const QUERY = `query ($filter: SyncEventFilter) { syncEvents(filter: $filter) {
    nodes { id entityId integration { id } errorMessage } } }`;
  return eventually(
    async () => {
      const filter = { errorCode, entityType, status: ['SKIPPED'] };
      return (await hub.admin.ask<{ syncEvents: { nodes: Passed[] } }>(QUERY, { filter })).syncEvents.nodes;
    },
    (nodes) => nodes.length >= count,
  );
}

/** How many wait to be sent there or are under way. */
async function outboundNow({ integrationId }: WilfulSystem): Promise<number> {
  const filter = { integrationId, entityType: 'CUSTOMER', status: ['PENDING', 'IN_PROGRESS', 'RETRYING'] };
  const QUERY = 'query ($filter: SyncEventFilter) { syncEvents(filter: $filter) { totalCount } }';
  return (await hub.admin.ask<{ syncEvents: { totalCount: number } }>(QUERY, { filter })).syncEvents.totalCount;
}

const phones = ({ writes }: WilfulSystem) => writes.map(({ phone }) => phone);
async function customer(id: string) {
  const QUERY = 'query ($id: ID!) { customer(id: $id) { phone blockers { code } links { state } } }';
  interface Shown {
    phone: string;
    blockers: { code: string }[];
    links: { state: string }[];
  }
  return (await hub.admin.ask<{ customer: Shown }>(QUERY, { id })).customer;
}

it('H1 two systems that write a telephone number differently come to rest, each with its own form', async () => {
  await idOf(createOrder(hub.admin, orderInput({ customer: { reference: 'ONE', name: 'Ada', phone: '+49 301234' } })));

  const [rest] = await passedOver('ALREADY_SENT', 'CUSTOMER', 1);
  const writes = [...phones(plain), ...phones(spaced)];
  const { phone, blockers, links } = await customer(rest?.entityId ?? '');

  expect(rest?.errorMessage).toMatch(/was sent exactly this twice .* it is not sent again/);
  expect(writes.length).toBeLessThanOrEqual(9);
  expect(phone.replaceAll(' ', '')).toBe('+49301234');
  expect(links.map(({ state }) => state)).toEqual(['SYNCED', 'SYNCED']);
  expect(blockers).toEqual([]);
});

it('H1 a full sync does not begin anew what has come to rest', async () => {
  const [rest] = await passedOver('ALREADY_SENT', 'CUSTOMER', 1);
  const system = rest?.integration.id === plain.integrationId ? plain : spaced;
  const before = phones(system);

  const input = { integrationId: system.integrationId, entityTypes: ['CUSTOMER'] };
  const id = await idOf(mutate(hub.admin, 'startFullSync', 'StartFullSyncInput', 'fullSync', input));
  const QUERY = 'query ($id: ID!) { fullSync(id: $id) { state lookedCount } }';
  const { fullSync } = await eventually(
    () => hub.admin.ask<{ fullSync: { state: string; lookedCount: number } }>(QUERY, { id }),
    (now) => now.fullSync.state === 'COMPLETE',
  );

  expect(fullSync.lookedCount).toBe(1);
  expect(await outboundNow(system)).toBe(0);
  expect(phones(system)).toEqual(before);
});

it('H1 what somebody changes in one of them reaches the other, and what a person syncs is sent', async () => {
  const before = await passedOver('ALREADY_SENT', 'CUSTOMER', 1);
  await plain.edit({ phone: '+49307777' });

  await passedOver('ALREADY_SENT', 'CUSTOMER', before.length + 1);
  const sent = phones(spaced);
  await idOf(
    mutate(hub.admin, 'syncCustomer', 'SyncEntityInput', 'syncEvent', {
      id: before[0]?.entityId,
      integrationId: spaced.integrationId,
    }),
  );
  await eventually(
    async () => phones(spaced),
    (now) => now.length > sent.length,
  );

  expect(sent.at(-1)).toBe('+49307777');
});

it('H1 G13 two systems that never agree are stopped, which is told until somebody begins afresh', async () => {
  const id = await idOf(createOrder(hub.admin, orderInput({ notes: 'Ring' })));

  const [stopped] = await passedOver('SYNC_LOOP', 'ORDER', 1);
  const shown = await orderShown(id);
  const alert = await alertUntil((one) => one.closedAt === null);
  const writes = first.writes.length + second.writes.length;
  marks = false;
  await idOf(mutate(hub.admin, 'syncOrder', 'SyncEntityInput', 'syncEvent', { id }));
  const closed = await alertUntil((one) => one.closedAt !== null);
  const after = await eventually(
    () => orderShown(id),
    ({ links }) => links.every(({ state }) => state === 'SYNCED'),
  );

  expect(stopped?.errorMessage).toMatch(/have answered each other 10 times .* differ in: notes.* by syncOrder\.$/);
  expect(writes).toBeLessThan(40);
  expect(shown.notes).toMatch(/^Ring[!?]{10,}$/);
  expect(shown.blockers).toMatchObject([
    { code: 'SKIPPED', message: expect.stringContaining('not sent on'), mutation: 'syncOrder' },
  ]);
  expect(shown.timeline.nodes.map(({ outcome, details }) => [outcome, details['errorCode']])).toContainEqual([
    'SKIPPED',
    'SYNC_LOOP',
  ]);
  expect(alert?.message).toMatch(/is 1, at least the limit of 1/);
  expect(closed?.integration.id).toBe(stopped?.integration.id);
  expect(after.blockers).toEqual([]);
});

it('H1 two people who hold and release an order by turns are no two forms: each is told every time', async () => {
  marks = false;
  silent = true;
  const id = await idOf(createOrder(hub.admin, orderInput({ notes: 'Talk' })));
  await settledAt(id);
  const timesTold = ({ writes }: WilfulSystem, status: string) =>
    writes.filter((write) => write['status'] === status).length;
  const says = async (speaker: WilfulSystem, listener: WilfulSystem, status: string) => {
    const before = timesTold(listener, status);
    await speaker.edit({ status });
    await eventually(
      async () => timesTold(listener, status),
      (times) => times > before,
    );
    await settledAt(id);
  };

  for (let turn = 0; turn < 4; turn++) {
    await says(first, second, 'ON_HOLD');
    await says(second, first, 'PROCESSING');
  }
  const { blockers } = await settledAt(id);

  expect(timesTold(second, 'ON_HOLD')).toBe(4);
  expect(timesTold(first, 'PROCESSING')).toBe(4);
  expect(blockers).toEqual([]);
});

/** What is told while a write is under way would count as overtaken. */
function settledAt(id: string): Promise<ShownOrder> {
  return eventually(
    () => orderShown(id),
    ({ links }) => links.every(({ state }) => state === 'SYNCED'),
  );
}

interface ShownOrder {
  notes: string;
  links: { state: string }[];
  blockers: { code: string; message: string; mutation: string }[];
  timeline: { nodes: { outcome: string; details: Record<string, unknown> }[] };
}

async function orderShown(id: string): Promise<ShownOrder> {
  const QUERY = `query ($id: ID!) { order(id: $id) { notes links { state } blockers { code message mutation }
    timeline(last: 20) { nodes { outcome details } } } }`;
  return (await hub.admin.ask<{ order: ShownOrder }>(QUERY, { id })).order;
}

interface Alert {
  kind: string;
  message: string;
  closedAt: string | null;
  integration: { id: string };
}

/** The alert about the two, evaluated until it is as wanted. */
function alertUntil(isWanted: (one: Alert) => boolean): Promise<Alert | undefined> {
  return eventually(
    async () => {
      await hub.admin.ask('mutation { runJob(name: "evaluate-alerts") { userErrors { code } } }');
      const { alerts } = await hub.admin.ask<{ alerts: Alert[] }>(
        '{ alerts { kind message closedAt integration { id } } }',
      );
      return alerts.find(({ kind }) => kind === 'SYNC_LOOP');
    },
    (one) => one !== undefined && isWanted(one),
  );
}
