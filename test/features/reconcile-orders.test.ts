import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { SpawnedSimulator } from '../../src/connectors/simulator/spawn-simulator.js';
import { eventually } from '../harness/eventually.js';
import { startTestHub, type TestHub } from '../harness/hub.js';
import { addSystem, type Compared, callSystem, compare, followOrders, repairAll } from './erp-systems.js';
import { putMapping } from './mapping-client.js';
import { createOrder, idOf, orderInput, settled } from './order-client.js';

const CONNECTORS = ['extensiv', 'logo', 'netsis'];
let hub: TestHub;
const systems: Record<string, { integrationId: string; system: SpawnedSimulator }> = {};

beforeAll(async () => {
  hub = await startTestHub();
  for (const connector of CONNECTORS) systems[connector] = await addSystem(hub, connector);
});
afterAll(async () => {
  for (const { system } of Object.values(systems)) await system.stop();
  await hub.stop();
});

const of = (connector: string) => systems[connector] as { integrationId: string; system: SpawnedSimulator };

/** An order with two lines and amounts that no double holds, which the system has taken; with its id there. */
async function placed(connector: string, number: string) {
  const customer = { reference: 'C-1', name: 'Ayşe', email: 'ayse@example.com' };
  const lines = [
    { sku: 'MUG', quantity: 3, unitPrice: '1234567890.10' },
    { sku: 'CUP', quantity: 1, unitPrice: '0.30' },
  ];
  const input = orderInput({ merchantId: `shop-${connector}`, status: 'PAID', number, customer, lines });
  const id = await idOf(createOrder(hub.admin, input));
  const { links } = await settled(hub.admin, 'order', id, 'SYNCED');
  return { id, externalId: links[0]?.externalId ?? '' };
}

const nothingFound = (connector: string, kinds?: string[]) =>
  eventually(
    () => compare(hub, of(connector).integrationId, kinds),
    ({ found }) => found.length === 0,
  );

const inWords = ({ found }: Compared) =>
  found.map(({ kind, field, hereValue, thereValue, direction }) =>
    [kind, field, hereValue, thereValue, direction].filter(Boolean).join(' '),
  );

it.each(CONNECTORS)(
  'F7 N2 compares orders with %s, page by page, and sends what it lacks or has otherwise',
  async (connector) => {
    const { integrationId, system } = of(connector);
    const orders = [];
    for (const number of ['SO-1', 'SO-2', 'SO-3']) orders.push(await placed(connector, number));
    const inStep = await nothingFound(connector);
    await hub.db.pool.query(`update orders set number = 'SO-9' where id = $1`, [orders[0]?.id]);
    const renamed = await compare(hub, integrationId);
    await system.control.reset();
    const emptied = await compare(hub, integrationId);

    await repairAll(hub, emptied.id);
    const mended = await nothingFound(connector);

    expect(inStep.recordsRead).toBe(3);
    expect(inWords(renamed)).toEqual(['FIELD_DIFFERS number SO-9 SO-1 OUT']);
    expect(inWords(emptied).sort()).toEqual([
      'MISSING_THERE SO-2 OUT',
      'MISSING_THERE SO-3 OUT',
      'MISSING_THERE SO-9 OUT',
    ]);
    expect(mended.recordsRead).toBe(3);
  },
);

const CHANGES: Record<string, (told: Record<string, never>) => [path: string, change: object]> = {
  extensiv: ({ data }) => {
    const { id, customer } = data as unknown as { id: string; customer: object };
    const line_items = [
      { sku: 'MUG', quantity: 4, price: 1234567890.1 },
      { sku: 'LID', quantity: 1, price: 0.31 },
    ];
    return [`/api/v1/orders/${id}`, { line_items, customer: { ...customer, email: 'other@example.com' } }];
  },
  logo: (order) => {
    const { INTERNAL_REFERENCE: id, TRANSACTIONS } = order as unknown as {
      INTERNAL_REFERENCE: number;
      TRANSACTIONS: { items: object[] };
    };
    const [mug, cup] = TRANSACTIONS.items;
    const items = [
      { ...mug, QUANTITY: 4 },
      { ...cup, MASTER_CODE: 'LID', PC_PRICE: 0.31 },
    ];
    return [
      `/api/v1/salesOrders/${id}`,
      { ...order, ARP_CODE: '120.DEMO', CURR_TRANSACTIN: 1, TRANSACTIONS: { items } },
    ];
  },
  netsis: ({ Data }) => {
    const { FatUst, ...slip } = Data as unknown as { FatUst: { FATIRS_NO: string }; Kalems: object[] };
    const [mug, cup] = slip.Kalems;
    const Kalems = [
      { ...mug, STra_GCMIK: 4 },
      { ...cup, StokKodu: 'LID', STra_BF: 0.31 },
    ];
    const changed = { ...slip, FaturaTip: 7, FatUst: { ...FatUst, DOVIZTIP: 1 }, Kalems };
    return [`/api/v2/ItemSlips/ftSSip;${FatUst.FATIRS_NO};C-1`, changed];
  },
};
const READ: Record<string, (id: string) => string> = {
  extensiv: (id) => `/api/v1/orders/${id}`,
  logo: (id) => `/api/v1/salesOrders/${id}?expandLevel=full`,
  netsis: (id) => `/api/v2/ItemSlips/ftSSip;${id};C-1`,
};
const LINES = [
  'FIELD_DIFFERS lines[0].quantity 3 4 OUT',
  'FIELD_DIFFERS lines[1].sku CUP LID OUT',
  'FIELD_DIFFERS lines[1].unitPrice 0.30 0.31 OUT',
  'FIELD_DIFFERS linesTotal 3703703670.60 4938271560.71 OUT',
];
const OTHERS: Record<string, string[]> = {
  extensiv: ['FIELD_DIFFERS customer.email ayse@example.com other@example.com OUT'],
  logo: ['FIELD_DIFFERS currency EUR USD OUT', 'FIELD_DIFFERS customer C-1 120.DEMO OUT'],
  netsis: ['FIELD_DIFFERS currency EUR USD OUT'],
};

it.each(CONNECTORS)(
  'F7 G7 G8 N2 compares lines, prices, customer and currency with %s exactly, and mends them',
  async (connector) => {
    const { integrationId, system } = of(connector);
    const { externalId } = await placed(connector, `LINES-${connector}`);
    await nothingFound(connector);
    const told = await callSystem(system, connector, READ[connector]?.(externalId) ?? '');
    const [path, change] = CHANGES[connector]?.(told as Record<string, never>) ?? ['', {}];
    await callSystem(system, connector, path, change);

    const changed = await compare(hub, integrationId);
    await repairAll(hub, changed.id);

    await nothingFound(connector);
    expect(inWords(changed).sort()).toEqual([...LINES, ...(OTHERS[connector] ?? [])].sort());
  },
);

it.each(['logo', 'netsis'])('F7 G7 G8 takes in from %s what its people did with an order', async (connector) => {
  const { integrationId, system } = of(connector);
  const { id, externalId } = await placed(connector, `SHIPPED-${connector}`);
  await system.control.advance({ id: externalId, status: 'shipped', webhook: false });

  const shipped = await compare(hub, integrationId);
  await repairAll(hub, shipped.id);

  await nothingFound(connector);
  const { order } = await hub.admin.ask<{ order: { status: string } }>(
    'query ($id: ID) { order(id: $id) { status } }',
    {
      id,
    },
  );
  expect(inWords(shipped)).toEqual(['FIELD_DIFFERS status PAID SHIPPED IN']);
  expect(order.status).toBe('SHIPPED');
});

const RULES: Record<string, { source: string; target: string }[]> = {
  extensiv: [{ source: "'WEB-' & number", target: 'order_number' }],
  logo: [
    { source: "'WEB-' & number", target: 'CUST_ORD_NO' },
    { source: "lines.('X-' & sku)", target: 'TRANSACTIONS.items[].MASTER_CODE' },
  ],
  netsis: [
    { source: "'WEB-' & number", target: 'FatUst.EKACK2' },
    { source: "lines.('X-' & sku)", target: 'Kalems[].StokKodu' },
  ],
};

it.each(CONNECTORS)('F7 G10 finds nothing at %s in an order that rules have changed on its way', async (connector) => {
  const { integrationId } = of(connector);
  await putMapping(hub.admin, RULES[connector] ?? [], { integrationId });
  const before = await compare(hub, integrationId);
  await repairAll(hub, before.id);
  await nothingFound(connector);

  const { id } = await placed(connector, `RULED-${connector}`);
  const inStep = await nothingFound(connector);
  await hub.db.pool.query(`update orders set number = 'RULED-X' where id = $1`, [id]);
  const renamed = await compare(hub, integrationId);
  await repairAll(hub, renamed.id);
  await nothingFound(connector);

  expect(inStep.recordsRead).toBeGreaterThan(3);
  expect(inWords(renamed)).toEqual([`FIELD_DIFFERS number WEB-RULED-X WEB-RULED-${connector} OUT`]);
});

it.each(CONNECTORS)('F7 N2 compares the products of %s, and reads them again to mend', async (connector) => {
  const { integrationId } = of(connector);
  const first = await compare(hub, integrationId, ['PRODUCT']);
  await repairAll(hub, first.id);
  await nothingFound(connector, ['PRODUCT']);
  const { rows } = await hub.db.pool.query<{ sku: string; price: string; name: string }>(
    `select sku, price::text, name from products where merchant_id = $1 and price is not null order by sku limit 3`,
    [`shop-${connector}`],
  );
  const [one, two, three] = rows;
  const set = (change: string, sku?: string) =>
    hub.db.pool.query(`update products set ${change} where merchant_id = $1 and sku = $2`, [`shop-${connector}`, sku]);
  await set('price = 7.50', one?.sku);
  await set(`name = 'Old name'`, two?.sku);
  await set('deleted_at = now()', three?.sku);
  await hub.db.pool.query(
    `insert into products (id, merchant_id, sku, name, source_integration_id) values ($1, $2, 'GONE', 'Gone', $3)`,
    [`prd_gone_${connector}`, `shop-${connector}`, integrationId],
  );

  const changed = await compare(hub, integrationId, ['PRODUCT']);
  await repairAll(hub, changed.id);

  await nothingFound(connector, ['PRODUCT']);
  expect(first.found.every(({ kind, direction }) => kind === 'MISSING_HERE' && direction === 'IN')).toBe(true);
  expect(first.found).toHaveLength(first.recordsRead);
  expect(inWords(changed).sort()).toEqual([
    'FIELD_DIFFERS active false true IN',
    `FIELD_DIFFERS name Old name ${two?.name} IN`,
    `FIELD_DIFFERS price 7.50 ${one?.price} IN`,
    'MISSING_THERE GONE IN',
  ]);
  expect(changed.found.find(({ kind }) => kind === 'MISSING_THERE')?.proposedRepair).toBe('Take it out of the hub.');
});

it('F7 E12 reports each order of Extensiv that cannot be read, takes none of them for missing, and goes on', async () => {
  const { integrationId, system } = of('extensiv');
  const broken = await placed('extensiv', 'BROKEN-1');
  const whole = await placed('extensiv', 'WHOLE-1');
  const inStep = await nothingFound('extensiv');
  await callSystem(system, 'extensiv', `/api/v1/orders/${broken.externalId}`, { tracking_number: 7 });
  await system.control.advance({ id: whole.externalId, status: 'picking', webhook: false });

  const followed = await followOrders(hub, integrationId);
  const compared = await nothingFound('extensiv');

  const { order } = await hub.admin.ask<{ order: { status: string } }>(
    'query ($id: ID) { order(id: $id) { status } }',
    {
      id: whole.id,
    },
  );
  expect(followed).toMatchObject({ status: 'FAILED', errorMessage: expect.stringContaining(broken.externalId) });
  expect(order.status).toBe('PICKING');
  expect(compared.recordsRead).toBe(inStep.recordsRead - 1);
  expect(compared.problemCount).toBe(1);
  expect(compared.problems).toMatchObject([{ column: 'tracking_number', value: '7' }]);
});

it('F7 says of a system without a list that it cannot be compared', async () => {
  const { reconcile: refused } = await hub.admin.ask<{ reconcile: { userErrors: object[] } }>(
    'mutation { reconcile(input: { integrationId: "b2b-portal" }) { userErrors { code message path } } }',
  );

  expect(refused.userErrors).toEqual([
    {
      code: 'UNSUPPORTED',
      message:
        'B2B Portal has no call that lists what it has, so it cannot be compared: its status checks and webhooks keep it in step.',
      path: ['input', 'integrationId'],
    },
  ]);
});
