import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { eventually } from '../harness/eventually.js';
import { startTestHub, type TestHub } from '../harness/hub.js';
import {
  backtestMapping,
  previewMapping,
  publishMapping,
  putMapping,
  type Rule,
  saveMapping,
  withdrawMapping,
} from './mapping-client.js';
import { createOrder, idOf, orderInput, settled, show } from './order-client.js';

let hub: TestHub;
beforeAll(async () => {
  hub = await startTestHub();
});
afterAll(() => hub.stop());

const INBOUND = { direction: 'INBOUND' };

/** What the portal was last sent of the order, as the bytes were. */
async function lastBody(orderId: string): Promise<string> {
  const sent = (await hub.portal.control.requests()).filter(({ body }) => body.includes(orderId));
  return sent.at(-1)?.body ?? '';
}

async function place(more: object = {}): Promise<string> {
  return idOf(createOrder(hub.admin, orderInput(more)));
}

async function placeSynced(more: object = {}): Promise<{ id: string; externalId: string }> {
  const id = await place(more);
  const { links } = await settled(hub.admin, 'order', id, 'SYNCED');
  return { id, externalId: links[0]?.externalId ?? '' };
}

it('G10 writes what the rules make of the hub’s order into what the portal is sent, amounts exactly', async () => {
  const lines = [
    { sku: 'MUG', quantity: 1, unitPrice: '0.10' },
    { sku: 'CUP', quantity: 1, unitPrice: '0.20' },
  ];
  const mapping = await putMapping(hub.admin, [
    { source: '"B2B-" & number', target: 'reference.code' },
    { source: 'lines.sku', target: 'items[].article', transformation: '$map($, $lowercase)' },
    { source: '$decimalAdd(lines[0].total, lines[1].total)', target: 'sum', transformation: 'parseFloat' },
    { source: 'lines[0].unitPrice', target: 'first_price', transformation: 'parseFloat' },
    { source: 'deliveryMethod', target: 'delivery_method', defaultValue: 'COURIER' },
  ]);

  const { id } = await placeSynced({ lines });

  const body = await lastBody(id);
  expect(JSON.parse(body)).toMatchObject({
    reference: { code: expect.stringMatching(/^B2B-ORD-/) },
    items: [
      { sku: 'MUG', article: 'mug' },
      { sku: 'CUP', article: 'cup' },
    ],
    delivery_method: 'COURIER',
    currency: 'EUR',
  });
  expect(body).toContain('"sum":0.30');
  expect(body).toContain('"first_price":0.10');
  await withdrawMapping(hub.admin, mapping);
});

it('G10 rejects an effect whose required source is missing, naming rule and path, and sends it once the rule is mended', async () => {
  const mapping = await putMapping(hub.admin, [{ source: 'customer.email', target: 'email', required: true }]);

  const id = await place();
  const { syncEvents } = await settled(hub.admin, 'order', id, 'FAILED');

  expect(syncEvents.nodes[0]).toMatchObject({ status: 'FAILED', errorCode: 'MAPPING_FAILED' });
  expect(syncEvents.nodes[0]?.errorMessage).toContain('Rule 1 (customer.email → email)');
  expect(await lastBody(id)).toBe('');
  await withdrawMapping(hub.admin, mapping);
  await hub.admin.ask('mutation ($id: ID!) { retrySyncEvent(id: $id) { userErrors { code } } }', {
    id: syncEvents.nodes[0]?.id,
  });
  await settled(hub.admin, 'order', id, 'SYNCED');
});

it('G10 writes the hub’s fields from what is received, keeps what fails, and applies it when it is replayed', async () => {
  const { id, externalId } = await placeSynced();
  await putMapping(
    hub.admin,
    [
      { source: 'data.parcel', target: 'trackingNumbers', required: true, transformation: '"TR-" & $' },
      { source: 'data.stage', target: 'orders.status', transformation: '$ = "gone" ? "SHIPPED" : "PROCESSING"' },
    ],
    INBOUND,
  );
  const TRACKED = 'query ($id: ID!) { order(id: $id) { status trackingNumbers } }';

  await hub.portal.control.sendWebhook({ id: externalId, data: { stage: 'gone' }, eventId: 'no-parcel' });
  const kept = await hub.admin.ask<{ webhookEvents: { nodes: object[] } }>(
    '{ webhookEvents(filter: { status: [FAILED] }) { nodes { eventId status errorCode errorMessage } } }',
  );
  await hub.portal.control.sendWebhook({ id: externalId, data: { stage: 'gone', parcel: 77 } });

  expect(kept.webhookEvents.nodes).toMatchObject([
    { eventId: 'no-parcel', status: 'FAILED', errorCode: 'MAPPING_FAILED' },
  ]);
  expect(await hub.admin.ask(TRACKED, { id })).toEqual({ order: { status: 'SHIPPED', trackingNumbers: ['TR-77'] } });

  await putMapping(hub.admin, [{ source: 'data.parcel', target: 'trackingNumbers', defaultValue: ['none'] }], INBOUND);
  const REPLAY = 'mutation { replayWebhookEvents(filter: { status: [FAILED] }) { affected userErrors { code } } }';

  expect(await hub.admin.ask(REPLAY)).toEqual({ replayWebhookEvents: { affected: 1, userErrors: [] } });
});

it('G10 previews what rules make of a sample, rule by rule, and writes nothing', async () => {
  const { id } = await placeSynced();
  const PAYLOAD = 'query ($id: ID!) { order(id: $id) { syncEvents(first: 1) { nodes { payload } } } }';
  const { order } = await hub.admin.ask<{ order: { syncEvents: { nodes: { payload: object }[] } } }>(PAYLOAD, { id });
  const sample = order.syncEvents.nodes[0]?.payload ?? {};
  const before = await hub.portal.control.requests();
  const rules: Rule[] = [
    { source: 'number', target: 'order_number', transformation: '"X-" & $' },
    { source: 'nothing.here', target: 'x', required: true },
    { source: 'currency', target: 'amount', transformation: 'parseFloat' },
    { source: '($f := function($n) { $f($n) }; $f(1))', target: 'loop' },
    { source: '$contains("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", /^(a+)+$/)', target: 'matches' },
  ];

  const preview = await previewMapping(hub.admin, rules, sample);

  expect(preview.input).toEqual(sample);
  expect(preview.output).toMatchObject({
    order_number: expect.stringMatching(/^X-ORD/),
    currency: 'EUR',
    matches: false,
  });
  expect(preview.rules.map(({ errorCode }) => errorCode)).toEqual([
    null,
    'MAPPING_FAILED',
    'MAPPING_FAILED',
    'MAPPING_TIMEOUT',
    null,
  ]);
  expect(preview.differences).toContainEqual({
    ...{ path: 'order_number', before: expect.stringMatching(/^ORD-/), after: expect.stringMatching(/^X-ORD-/) },
    errorMessage: null,
  });
  expect(preview.differences).toContainEqual({
    ...{ path: 'amount', before: null, after: null },
    errorMessage: expect.stringMatching(/Rule 3 \(currency → amount\) of the outbound order mapping: .*found "EUR"/),
  });
  expect(preview.rules[2]?.errorMessage).toContain('"EUR" is no number');
  expect(await hub.portal.control.requests()).toHaveLength(before.length);
});

it('G10 previews the mapping of the document: named transformations, defaults, exact numbers', async () => {
  const rules: Rule[] = [
    { source: 'ITEM_CODE', target: 'products.sku', required: true },
    { source: 'ITEM_NAME', target: 'products.name', required: true },
    { source: 'UNIT_PRICE', target: 'products.price', transformation: 'parseFloat', required: true },
    { source: 'ON_HAND', target: 'inventory.stock', transformation: 'parseInt', defaultValue: 0 },
  ];
  const which = { entityType: 'INVENTORY', direction: 'INBOUND' };

  const full = await previewMapping(
    hub.admin,
    rules,
    { ITEM_CODE: 7, ITEM_NAME: 'Mug', UNIT_PRICE: '10.10', ON_HAND: '12.0' },
    which,
  );
  const bare = await previewMapping(hub.admin, rules, { ITEM_CODE: 'A', UNIT_PRICE: '9007199254740993.01' }, which);

  expect(full.output).toEqual({ sku: '7', name: 'Mug', price: '10.10', onHand: 12 });
  expect(bare.output).toEqual({ sku: 'A', price: '9007199254740993.01', onHand: 0 });
  expect(bare.rules[1]).toMatchObject({
    errorCode: 'MAPPING_FAILED',
    errorMessage: expect.stringContaining('required'),
  });
});

it('N9 back-tests a draft over what was sent, field by field, before it is published', async () => {
  const { id } = await placeSynced();
  const sent = (await hub.portal.control.requests()).length;

  const changed = await backtestMapping(hub.admin, [{ source: '"-" & currency', target: 'currency' }]);
  const same = await backtestMapping(hub.admin, [{ source: 'currency', target: 'currency' }]);
  const failing = await backtestMapping(hub.admin, [{ source: 'customer.email', target: 'mail', required: true }]);

  expect(changed.tested).toBeGreaterThan(0);
  expect(changed).toMatchObject({ changed: changed.tested, failed: 0 });
  expect(changed.events[0]).toEqual({
    eventId: expect.any(String),
    entityId: id,
    differences: [{ path: 'currency', before: 'EUR', after: '-EUR' }],
    failures: [],
  });
  expect(same).toMatchObject({ tested: changed.tested, changed: 0, failed: 0, events: [] });
  expect(failing).toMatchObject({ changed: 0, failed: changed.tested });
  expect(await hub.portal.control.requests()).toHaveLength(sent);
});

it('N9 back-tests a long history page by page, and tells how much is left', async () => {
  await placeSynced();
  await placeSynced();
  const PAGE = `mutation ($input: BacktestMappingInput!) { backtestMapping(input: $input) {
    backtest { total tested unchanged changed next } userErrors { code path } } }`;
  interface Page {
    total: number;
    tested: number;
    changed: number;
    next: string | null;
  }
  const page = async (before: string | null) => {
    const rules = [{ source: '"-" & currency', target: 'currency' }];
    const which = { integrationId: 'b2b-portal', entityType: 'ORDER', direction: 'OUTBOUND' };
    const input = { ...which, rules, last: 2, before };
    return (await hub.admin.ask<{ backtestMapping: { backtest: Page | null; userErrors: object[] } }>(PAGE, { input }))
      .backtestMapping;
  };

  const pages: Page[] = [];
  for (let before: string | null = null; pages.length < 50; ) {
    const { backtest } = await page(before);
    if (backtest) pages.push(backtest);
    before = backtest?.next ?? null;
    if (before === null) break;
  }

  expect(pages.length).toBeGreaterThan(1);
  expect(pages.reduce((sum, { tested }) => sum + tested, 0)).toBe(pages[0]?.total);
  expect(pages.map(({ total }) => total)).toEqual(pages.map((_, index) => (pages[0]?.total ?? 0) - 2 * index));
  expect(await page('nonsense')).toMatchObject({ userErrors: [{ code: 'BAD_USER_INPUT', path: ['input', 'before'] }] });
});

it('N9 back-tests inbound rules over received webhooks', async () => {
  const { externalId } = await placeSynced();
  await hub.portal.control.sendWebhook({ id: externalId, status: 'CONFIRMED', data: { carrier: 'DHL' } });

  const { tested, events } = await backtestMapping(
    hub.admin,
    [{ source: 'data.carrier', target: 'trackingNumbers' }],
    INBOUND,
  );

  expect(tested).toBeGreaterThan(0);
  expect(events[0]?.differences).toEqual([{ path: 'trackingNumbers[0]', before: 'none', after: 'DHL' }]);
});

it('G10 keeps versions: a draft changes nothing, one is published at a time, and the former comes back', async () => {
  const which = { entityType: 'INVOICE' };
  const first = await idOf(saveMapping(hub.admin, [{ source: 'number', target: 'a' }], which));
  const second = await idOf(saveMapping(hub.admin, [{ source: 'number', target: 'b' }], which));
  const VERSIONS = `{ integration(id: "b2b-portal") { fieldMappings {
    id entityType publishedVersion versions { id version status rules } } } }`;
  interface Shown {
    id: string;
    entityType: string;
    publishedVersion: number | null;
    versions: { id: string; version: number; status: string }[];
  }
  const shown = async () => {
    const { integration } = await hub.admin.ask<{ integration: { fieldMappings: Shown[] } }>(VERSIONS);
    return integration.fieldMappings.find(({ entityType }) => entityType === 'INVOICE');
  };

  expect(await shown()).toMatchObject({ publishedVersion: null, versions: [{ status: 'DRAFT' }, { status: 'DRAFT' }] });
  await publishMapping(hub.admin, first);
  await publishMapping(hub.admin, second);
  expect(await shown()).toMatchObject({
    publishedVersion: 2,
    versions: [
      { version: 2, status: 'PUBLISHED' },
      { version: 1, status: 'RETIRED' },
    ],
  });
  const ROLLBACK = `mutation ($id: ID!) { rollbackMapping(mappingId: $id) {
    mappingVersion { id version status } userErrors { code } } }`;
  expect(await hub.admin.ask(ROLLBACK, { id: (await shown())?.id })).toEqual({
    rollbackMapping: { mappingVersion: { id: first, version: 1, status: 'PUBLISHED' }, userErrors: [] },
  });
  expect(await shown()).toMatchObject({
    publishedVersion: 1,
    versions: [{ status: 'RETIRED' }, { status: 'PUBLISHED' }],
  });
});

it('G10 refuses to save what cannot work, with the path of each rule and the targets that there are', async () => {
  const broken = await saveMapping(hub.admin, [
    { source: 'number', target: 'ok' },
    { source: 'a.(b', target: 'x..y' },
    { source: 'a', target: '__proto__.polluted', transformation: '$round(' },
  ]);
  const foreign = await saveMapping(hub.admin, [{ source: 'a', target: 'customFields.colour' }], {
    ...INBOUND,
    entityType: 'PRODUCT',
  });

  expect(broken.userErrors.map(({ path }) => path?.join('.'))).toEqual([
    'input.rules.1.source',
    'input.rules.1.target',
    'input.rules.2.transformation',
    'input.rules.2.target',
  ]);
  expect(foreign.userErrors).toMatchObject([
    {
      ...{ code: 'BAD_USER_INPUT', path: ['input', 'rules', '0', 'target'] },
      message: expect.stringContaining('these are: sku, name, brand, barcode, price'),
    },
  ]);
});

it('G10 keeps every merchant to its own mappings, and viewers from all of them', async () => {
  const own = await idOf(saveMapping(hub.admin, [{ source: 'number', target: 'a' }]));
  const stranger = await hub.as({ role: 'admin', merchantId: 'another-shop' });
  const viewer = await hub.as({ role: 'viewer' });

  expect((await publishMapping(stranger, own)).userErrors).toMatchObject([{ code: 'NOT_FOUND' }]);
  expect(await saveMapping(stranger, [{ source: 'a', target: 'a' }])).toMatchObject({
    userErrors: [{ code: 'NOT_FOUND', path: ['input', 'integrationId'] }],
  });
  expect(await stranger.ask('{ mappings { id } }')).toEqual({ mappings: [] });
  await expect(previewMapping(stranger, [{ source: 'a', target: 'a' }], {})).rejects.toThrow('NOT_FOUND');
  expect(await saveMapping(viewer, [{ source: 'a', target: 'a' }])).toMatchObject({
    userErrors: [{ code: 'FORBIDDEN' }],
  });
  await expect(viewer.ask('{ mappings { versions { rules } } }')).rejects.toThrow();
});

it('G10 maps by a newly published version in every instance at once', async () => {
  const other = await hub.startAnother();
  try {
    const mapping = await putMapping(hub.admin, [{ source: '"new"', target: 'marker' }]);
    await eventually(
      async () => JSON.parse(await lastBody((await placeSynced()).id)),
      ({ marker }) => marker === 'new',
    );
    await withdrawMapping(hub.admin, mapping);
  } finally {
    await other.stop();
  }
  const id = await place();
  await settled(hub.admin, 'order', id, 'SYNCED');
  expect(JSON.parse(await lastBody(id))).not.toHaveProperty('marker');
  expect((await show(hub.admin, 'order', id)).links[0]?.state).toBe('SYNCED');
});
