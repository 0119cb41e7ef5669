import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { MERCHANT, startTestHub, type TestHub } from '../harness/hub.js';
import {
  createInvoice,
  createOrder,
  cursorNow,
  idOf,
  moveOrder,
  mutate,
  orderInput,
  settled,
  show,
  syncOrder,
} from './order-client.js';

let hub: TestHub;
beforeAll(async () => {
  hub = await startTestHub({ env: { B2B_PORTAL_MAX_RETRIES: '0' } });
});
afterEach(() => hub.portal.control.clearFaults());
afterAll(() => hub.stop());

const effectsAt = async (externalId: string | null | undefined) =>
  (await hub.portal.control.state()).effects.filter((effect) => effect.entityId === externalId);

it('B1 B9 B11 creates an order in the portal, then updates it there, and shows both', async () => {
  const id = await idOf(createOrder(hub.admin, orderInput()));
  await settled(hub.admin, 'order', id, 'SYNCED');
  await idOf(moveOrder(hub.admin, { id, status: 'CONFIRMED' }));

  const { links, syncEvents } = await settled(hub.admin, 'order', id, 'SYNCED');

  expect(links).toMatchObject([{ externalId: expect.any(String), syncedAt: expect.any(String), lastError: null }]);
  expect(syncEvents.nodes).toMatchObject([
    { operation: 'STATUS_CHANGE', direction: 'OUTBOUND', status: 'SUCCESS', externalId: links[0]?.externalId },
    { operation: 'CREATE', direction: 'OUTBOUND', status: 'SUCCESS', retryCount: 0, errorMessage: null },
  ]);
  expect((await effectsAt(links[0]?.externalId)).map(({ method }) => method)).toEqual(['POST', 'PUT']);
});

it('B2 B10 creates an invoice in the portal, then updates it there', async () => {
  const orderId = await idOf(createOrder(hub.admin, orderInput()));
  await settled(hub.admin, 'order', orderId, 'SYNCED');
  const id = await idOf(createInvoice(hub.admin, { orderId, number: `INV-${orderId}` }));
  await settled(hub.admin, 'invoice', id, 'SYNCED');
  await idOf(mutate(hub.admin, 'updateInvoiceStatus', 'UpdateInvoiceStatusInput', 'invoice', { id, status: 'PAID' }));

  const { links, status } = await settled(hub.admin, 'invoice', id, 'SYNCED');

  expect(status).toBe('PAID');
  expect((await effectsAt(links[0]?.externalId)).map(({ method }) => method)).toEqual(['POST', 'PUT']);
});

it('B16 H2 a manual sync answers its event; without force what is in step is not sent again', async () => {
  const id = await idOf(createOrder(hub.admin, orderInput()));
  const { syncEvents, links } = await settled(hub.admin, 'order', id, 'SYNCED');

  const same = await idOf(syncOrder(hub.admin, { id }));
  const forced = await idOf(syncOrder(hub.admin, { id, force: true }));
  await settled(hub.admin, 'order', id, 'SYNCED');

  expect(same).toBe(syncEvents.nodes[0]?.id);
  expect(forced).not.toBe(same);
  expect(await effectsAt(links[0]?.externalId)).toHaveLength(2);
});

it('B21 an idempotency key has one effect, is sent upstream, and is refused for another input', async () => {
  const input = orderInput({ idempotencyKey: 'order-key-1' });
  const ids = await Promise.all([1, 2, 3, 4].map(() => idOf(createOrder(hub.admin, input))));
  const [id = ''] = ids;
  await settled(hub.admin, 'order', id, 'SYNCED');

  const sync = { id, idempotencyKey: 'sync-key-1' };
  const events = [await idOf(syncOrder(hub.admin, sync)), await idOf(syncOrder(hub.admin, sync))];
  const { links } = await settled(hub.admin, 'order', id, 'SYNCED');

  expect(new Set([...ids]).size).toBe(1);
  expect(new Set(events).size).toBe(1);
  const keys = (await effectsAt(links[0]?.externalId)).map(({ idempotencyKey }) => idempotencyKey);
  expect(keys).toEqual([expect.any(String), 'sync-key-1']);
  expect((await createOrder(hub.admin, { ...input, currency: 'USD' })).userErrors).toMatchObject([
    { code: 'IDEMPOTENCY_KEY_REUSED', path: ['input', 'idempotencyKey'], retryable: false },
  ]);
});

it('B23 a failed sync keeps its error and count, and is retried by hand', async () => {
  await hub.portal.control.addFault({ kind: 'status', status: 503, method: 'POST', count: 1 });
  const id = await idOf(createOrder(hub.admin, orderInput()));
  const failed = await settled(hub.admin, 'order', id, 'FAILED');
  const [event] = failed.syncEvents.nodes;

  const RETRY = 'mutation ($id: ID!) { retrySyncEvent(id: $id) { syncEvent { id } userErrors { code } } }';
  await hub.admin.ask(RETRY, { id: event?.id });
  const { links } = await settled(hub.admin, 'order', id, 'SYNCED');

  expect(event).toMatchObject({ status: 'FAILED', errorCode: 'UPSTREAM_UNAVAILABLE' });
  expect(failed.links[0]?.lastError).toEqual(expect.any(String));
  expect(links[0]?.lastError).toBeNull();
  expect(await effectsAt(links[0]?.externalId)).toHaveLength(1);
});

it('B20 tells of every domain event with its documented fields', async () => {
  const changes = hub.admin.subscribe<{ changes: { kind: string; entityId: string; data: object } }>(
    'subscription ($after: Cursor) { changes(after: $after) { kind at entityId integrationId data } }',
    { after: await cursorNow(hub.admin) },
  );
  const seen: { kind: string; data: object }[] = [];
  const input = orderInput();
  const reading = (async () => {
    for await (const { changes: change } of changes) {
      if (change.kind.startsWith('order.')) seen.push(change);
      if (change.kind === 'order.status_changed') return;
    }
  })();

  const id = await idOf(createOrder(hub.admin, input));
  const { links } = await settled(hub.admin, 'order', id, 'SYNCED');
  await idOf(moveOrder(hub.admin, { id, status: 'SHIPPED' }));
  await reading;

  expect(seen).toMatchObject([
    { kind: 'order.created', entityId: id, data: { number: input.number } },
    { kind: 'order.synced', entityId: id, data: { action: 'created', externalId: links[0]?.externalId } },
    { kind: 'order.status_changed', entityId: id, data: { previousStatus: 'PENDING', newStatus: 'SHIPPED' } },
  ]);
});

it('round-trips amounts beyond 2^53, four decimals, emoji and right-to-left text', async () => {
  const input = orderInput({
    number: 'ORD-👩🏽‍🚀-شحنة-١',
    customer: { name: 'مرحبا \u202Babc\u202C 👋', email: 'a@example.com' },
    lines: [{ sku: '𝒮-1', name: '🧉', quantity: 2_000_000_000, unitPrice: '9007199254740993.1234' }],
  });

  const id = await idOf(createOrder(hub.admin, input));

  const SHOW = `query ($id: ID!) { order(id: $id) {
    number customer { name } lines { sku name quantity unitPrice total } totals { grandTotal tax } } }`;
  expect(await hub.admin.ask(SHOW, { id })).toEqual({
    order: {
      number: 'ORD-👩🏽‍🚀-شحنة-١',
      customer: { name: 'مرحبا \u202Babc\u202C 👋' },
      lines: [
        {
          sku: '𝒮-1',
          name: '🧉',
          quantity: 2_000_000_000,
          unitPrice: '9007199254740993.1234',
          total: '18014398509481986246800000.0000',
        },
      ],
      totals: { grandTotal: '18014398509481986246800000.0000', tax: '0.0000' },
    },
  });
  await settled(hub.admin, 'order', id, 'SYNCED');
});

it('answers bad input with every wrong field, and never with a failure of the hub', async () => {
  const cases: [object, (string[] | null)[]][] = [
    [
      { currency: 'EURO', number: ' ', lines: [] },
      [
        ['input', 'number'],
        ['input', 'currency'],
        ['input', 'lines'],
      ],
    ],
    [
      { lines: [{ sku: 'A', quantity: -1, unitPrice: '-1.0000' }] },
      [
        ['input', 'lines', '0', 'quantity'],
        ['input', 'lines', '0', 'unitPrice'],
      ],
    ],
    [{ number: 'a\u0000b' }, [['input', 'number']]],
    [{ deliveryMethod: '\ud800' }, [['input', 'deliveryMethod']]],
    [{ number: 'n'.repeat(10_000) }, [['input', 'number']]],
    [{ placedAt: '0001-01-01T00:00:00Z' }, [['input', 'placedAt']]],
    [{ totals: { grandTotal: '1000.0000' } }, [['input', 'totals', 'grandTotal']]],
    [{ merchantId: '' }, [['input', 'merchantId']]],
  ];

  for (const [wrong, paths] of cases) {
    const { id, userErrors } = await createOrder(hub.admin, orderInput(wrong));
    expect(id).toBeNull();
    expect(userErrors.map(({ code }) => code)).toEqual(paths.map(() => 'BAD_USER_INPUT'));
    expect(userErrors.map(({ path }) => path)).toEqual(paths);
  }
});

it.each([
  ...['0000-01-01T00:00:00Z', '0001-01-01T00:00:00+14:00', '9999-12-31T23:59:59-14:00', '2026-02-28T00:00:00'],
  ...['2026-02-29T00:00:00Z', '2024-02-30T00:00:00+01:00', '2026-04-31T12:00:00.5Z'],
])('refuses the time %s, which is none or which no database keeps', async (at) => {
  const { errors } = await hub.admin.graphql(
    'query ($at: DateTime) { orders(filter: { placedFrom: $at }) { totalCount } metrics(to: $at) { to } }',
    { at },
  );

  expect(errors.map(({ extensions }) => extensions?.code)).toEqual(['BAD_USER_INPUT']);
});

it('answers unknown ids and another merchant’s alike', async () => {
  const id = await idOf(createOrder(hub.admin, orderInput()));
  const stranger = await hub.as({ role: 'operator', merchantId: 'another' });
  const moves = [
    moveOrder(stranger, { id, status: 'CONFIRMED' }),
    moveOrder(hub.admin, { id: 'ord_nothing', status: 'CONFIRMED' }),
    syncOrder(stranger, { id }),
    createInvoice(stranger, { orderId: id, number: 'INV-X' }),
    createOrder(stranger, orderInput({ merchantId: MERCHANT })),
    mutate(stranger, 'startSync', 'StartSyncInput', 'syncEvent', { integrationId: 'b2b-portal', entityType: 'ORDER' }),
  ];

  for (const outcome of await Promise.all(moves)) {
    expect(outcome.id).toBeNull();
    expect(outcome.userErrors.map(({ code }) => code)).toEqual(['NOT_FOUND']);
  }
});

it('lets viewers change nothing, operators no configuration, and audits the refusal', async () => {
  const viewer = await hub.as({ role: 'viewer', sub: 'vera' });
  const operator = await hub.as({ role: 'operator' });
  const integration = { merchantId: MERCHANT, name: 'x', connector: 'b2b-portal', mode: 'HYBRID' };

  const outcomes = [
    await createOrder(viewer, orderInput()),
    await mutate(operator, 'createIntegration', 'CreateIntegrationInput', 'integration', integration),
  ];

  expect(outcomes.map(({ userErrors }) => userErrors[0]?.code)).toEqual(['FORBIDDEN', 'FORBIDDEN']);
  const AUDIT = '{ auditLog(filter: { actor: "vera" }) { nodes { action outcome requestId details } } }';
  const { auditLog } = await hub.admin.ask<{ auditLog: { nodes: object[] } }>(AUDIT);
  expect(auditLog.nodes).toMatchObject([
    { action: 'order.create', outcome: 'REFUSED', requestId: expect.any(String), details: { code: 'FORBIDDEN' } },
  ]);
});

it('refuses a step that the order cannot take', async () => {
  const id = await idOf(createOrder(hub.admin, orderInput({ status: 'DELIVERED' })));

  const { userErrors } = await moveOrder(hub.admin, { id, status: 'PENDING' });

  expect(userErrors).toMatchObject([{ code: 'INVALID_TRANSITION', path: ['input', 'status'] }]);
  expect((await show(hub.admin, 'order', id)).status).toBe('DELIVERED');
});
