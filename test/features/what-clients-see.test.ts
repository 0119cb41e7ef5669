import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { startTestHub, type TestHub } from '../harness/hub.js';
import { createOrder, idOf, moveOrder, orderInput, settled, show } from './order-client.js';

let hub: TestHub;
beforeAll(async () => {
  hub = await startTestHub({ env: { B2B_PORTAL_MAX_RETRIES: '1' } });
});
afterEach(() => hub.portal.control.clearFaults());
afterAll(() => hub.stop());

interface Seen {
  syncEventChanged: { previousStatus: string | null; syncEvent: { was: string; entityId: string } };
}

it('H3 B11 a subscriber sees every status of a sync event, however soon the next one follows', async () => {
  const EVENTS = 'subscription { syncEventChanged { previousStatus syncEvent { was: status ...Whose } } }';
  const changes = hub.admin.subscribe<Seen>(`${EVENTS} fragment Whose on SyncEvent { entityId }`);
  const first = changes.next();
  await hub.portal.control.addFault({ kind: 'status', status: 503, method: 'POST', count: 1 });
  const id = await idOf(createOrder(hub.admin, orderInput()));
  await settled(hub.admin, 'order', id, 'SYNCED');

  const seen = [(await first).value as Seen];
  while (seen.length < 5) seen.push((await changes.next()).value as Seen);
  await changes.return(undefined);

  const steps = seen.map(({ syncEventChanged: { previousStatus, syncEvent } }) => [previousStatus, syncEvent.was]);
  expect(steps).toEqual([
    [null, 'PENDING'],
    ['PENDING', 'IN_PROGRESS'],
    ['IN_PROGRESS', 'RETRYING'],
    ['RETRYING', 'IN_PROGRESS'],
    ['IN_PROGRESS', 'SUCCESS'],
  ]);
  expect(seen.every(({ syncEventChanged }) => syncEventChanged.syncEvent.entityId === id)).toBe(true);
});

it('B9 an order behind a dead letter is still failed after another change of it', async () => {
  await hub.portal.control.addFault({ kind: 'status', status: 422, method: 'POST', count: 1 });
  const id = await idOf(createOrder(hub.admin, orderInput()));
  await settled(hub.admin, 'order', id, 'FAILED');

  await idOf(moveOrder(hub.admin, { id, status: 'CONFIRMED' }));

  expect((await show(hub.admin, 'order', id)).links).toMatchObject([{ state: 'FAILED' }]);
});

it('takes the merchant that has integrations where none is named, whoever else is known', async () => {
  await idOf(createOrder(hub.admin, orderInput({ merchantId: 'somebody-else' })));

  const id = await idOf(createOrder(hub.admin, orderInput({ merchantId: undefined })));

  await settled(hub.admin, 'order', id, 'SYNCED');
});

it('answers an address that cannot be read in the error envelope', async () => {
  const { status, body } = await hub.admin.rest('POST', '/webhooks/%E0%A4%A', {});

  expect({ status, body }).toMatchObject({ status: 400, body: { success: false, code: 'BAD_USER_INPUT' } });
});
