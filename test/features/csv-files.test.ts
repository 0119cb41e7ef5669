import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { encodeText } from '../../src/connectors/text/code-pages.js';
import { eventually } from '../harness/eventually.js';
import { startTestHub, type TestHub } from '../harness/hub.js';
import { createOrder, idOf, mutate, orderInput, settled } from './order-client.js';

const SHOP = 'shop-files';
const root = mkdtempSync(join(tmpdir(), 'syncline-files-'));
const folder = (part: string) => join(root, SHOP, 'files', part);
let hub: TestHub;
let integrationId: string;
let authorization: string;

beforeAll(async () => {
  hub = await startTestHub({ env: { CSV_ROOT: root } });
  integrationId = await createFiles(SHOP, {});
  authorization = await hub.bearer({});
});
afterAll(async () => {
  await hub.stop();
  rmSync(root, { recursive: true });
});

const createFiles = (merchantId: string, settings: object) =>
  idOf(
    mutate(hub.admin, 'createIntegration', 'CreateIntegrationInput', 'integration', {
      ...{ merchantId, name: 'Files', connector: 'csv', mode: 'POLLING', credentials: {} },
      settings: { settleMs: 0, defaultCurrency: 'TRY', ...settings },
    }),
  );

interface ShownFile {
  id: string;
  name: string;
  status: string;
  entityType: string | null;
  rowsRead: number;
  rowsChanged: number;
  problemCount: number;
  repeatCount: number;
  syncEventId: string | null;
  errorMessage: string | null;
}
const FIELDS = 'id name status entityType rowsRead rowsChanged problemCount repeatCount syncEventId errorMessage';
const listFiles = async () => {
  const ASK = `query ($id: ID!) { importFiles(filter: { integrationId: $id }, first: 100) { nodes { ${FIELDS} } } }`;
  return (await hub.admin.ask<{ importFiles: { nodes: ShownFile[] } }>(ASK, { id: integrationId })).importFiles.nodes;
};
const ended = (name: string) =>
  eventually(
    async () => (await listFiles()).find((file) => file.name === name),
    (file) => file?.status === 'DONE' || file?.status === 'FAILED',
  ) as Promise<ShownFile>;

async function upload(
  name: string,
  content: string | Buffer,
): Promise<{ status: number; body: Record<string, never> }> {
  const url = `${hub.url}/api/integrations/${integrationId}/files?name=${encodeURIComponent(name)}`;
  const body = typeof content === 'string' ? Buffer.from(content) : content;
  const response = await fetch(url, { method: 'POST', headers: { authorization, 'content-type': 'text/csv' }, body });
  return { status: response.status, body: (await response.json()) as never };
}

/** Puts a file where the hub looks, and lets it look now. */
async function drop(name: string, content: string | Buffer): Promise<void> {
  mkdirSync(folder('in'), { recursive: true });
  writeFileSync(join(folder('in'), name), content);
  await idOf(mutate(hub.admin, 'startSync', 'StartSyncInput', 'syncEvent', { integrationId, entityType: 'PRODUCT' }));
}

interface ShownProduct {
  name: string;
  brand: string | null;
  price: string | null;
  currency: string | null;
}
const product = async (sku: string) =>
  (
    await hub.admin.ask<{ product: ShownProduct | null }>(
      'query ($sku: String!) { product(sku: $sku) { name brand price currency } }',
      { sku },
    )
  ).product;
const problemsOf = async ({ syncEventId }: ShownFile) => {
  const ASK = 'query ($id: ID!) { syncEvent(id: $id) { problems { nodes { line column value rule } } } }';
  return (await hub.admin.ask<{ syncEvent: { problems: { nodes: object[] } } }>(ASK, { id: syncEventId })).syncEvent
    .problems.nodes;
};

it('G6 takes a posted file of products, and tells the wrong rows by line, column, value and rule', async () => {
  const { status, body } = await upload(
    'products.csv',
    'sku,name,price,currency\nP-1,Bell,12.50,EUR\nP-2,Horn,cheap,EUR\n,Nameless,1.00,EUR\nP-3,"Bag, red",7.00,EUR\n',
  );

  const file = await ended('products.csv');
  expect([status, body]).toMatchObject([202, { success: true, data: { entityType: 'PRODUCT', source: 'UPLOAD' } }]);
  expect(file).toMatchObject({ status: 'DONE', rowsRead: 2, rowsChanged: 2, problemCount: 2 });
  expect(await problemsOf(file)).toEqual([
    { line: 3, column: 'price', value: 'cheap', rule: 'a number' },
    { line: 4, column: 'sku', value: '', rule: 'must not be empty' },
  ]);
  expect(await product('P-1')).toEqual({ name: 'Bell', brand: null, price: '12.50', currency: 'EUR' });
  expect(await product('P-3')).toMatchObject({ name: 'Bag, red' });
  expect(await product('P-2')).toBeNull();
});

it('G6 takes a file from the watched folder and moves it away with a report', async () => {
  await drop('prices-1.csv', 'Stok Kodu;Fiyat\r\nW-1;1.234,50\r\nW-2;9,99\r\nW-3;?\r\n');

  const file = await ended('prices-1.csv');

  expect(file).toMatchObject({ status: 'DONE', entityType: 'PRODUCT', rowsRead: 2, problemCount: 1 });
  expect(await product('W-1')).toMatchObject({ price: '1234.50', currency: 'TRY' });
  await eventually(
    async () => readdirSync(folder('done')),
    (names) => names.includes(`${file.id}-prices-1.csv`),
  );
  const report = readFileSync(join(folder('done'), `${file.id}-prices-1.csv.report.csv`), 'utf8');
  expect(report).toContain('4,Fiyat,?,a number');
  expect(readdirSync(folder('in'))).toEqual([]);
});

describe('G6 reads', () => {
  const text = 'sku;ad;marka\r\nE-#;Iğdır Şöför Çüğ;İpek\r\n';
  it.each([
    ['UTF-8', 'products-1.csv', (n: string) => Buffer.from(text.replace('#', n))],
    ['UTF-8 with a byte order mark', 'products-2.csv', (n: string) => Buffer.from(`\uFEFF${text.replace('#', n)}`)],
    ['UTF-16', 'products-3.csv', (n: string) => encodeText(`\uFEFF${text.replace('#', n)}`, 'utf-16le')],
    ['UTF-16 without a mark', 'products-4.csv', (n: string) => encodeText(text.replace('#', n), 'utf-16be')],
    ['Windows-1254', 'products-5.csv', (n: string) => encodeText(text.replace('#', n), 'windows-1254')],
    ['tabs', 'products-6.txt', (n: string) => Buffer.from(text.replace('#', n).replaceAll(';', '\t'))],
    ['bars', 'products-7.txt', (n: string) => Buffer.from(text.replace('#', n).replaceAll(';', '|'))],
    ['a declared delimiter', 'products-8.csv', (n: string) => Buffer.from(`sep=;\n${text.replace('#', n)}`)],
  ])('%s', async (_, name, make) => {
    const number = /\d/.exec(name)?.[0] ?? '';

    await upload(name, make(number));

    expect(await ended(name)).toMatchObject({ status: 'DONE', problemCount: 0 });
    expect(await product(`E-${number}`)).toMatchObject({ name: 'Iğdır Şöför Çüğ', brand: 'İpek' });
  });
});

it('G6 does not guess what an ambiguous number means', async () => {
  await upload('prices-2.csv', 'sku;price\nA-1;1.234\nA-2;12\n');

  const file = await ended('prices-2.csv');

  expect(file).toMatchObject({ rowsRead: 1, problemCount: 1 });
  expect(await problemsOf(file)).toMatchObject([{ line: 2, column: 'price', value: '1.234' }]);
});

it('G6 takes stock by place', async () => {
  await upload('stock.csv', 'sku,warehouse,on hand,reserved\nP-1,IST,10,3\nP-1,ANK,4,\nP-1,IZM,half,0\n');

  await ended('stock.csv');

  const ASK = `query { inventory(filter: { sku: "P-1" }) { nodes { location onHand reserved available } } }`;
  const { inventory } = await hub.admin.ask<{ inventory: { nodes: object[] } }>(ASK);
  expect(inventory.nodes).toEqual(
    expect.arrayContaining([
      { location: 'IST', onHand: 10, reserved: 3, available: 7 },
      { location: 'ANK', onHand: 4, reserved: 0, available: 4 },
    ]),
  );
  expect(inventory.nodes).toHaveLength(2);
});

it('G6 takes products and stock from one file, and tells the problems of both once', async () => {
  const rows = ['B-1,Bell,3.50,12', 'B-2,Horn,4.00,', 'B-3,Rim,5.00,many', 'B-4,Hub,cheap,9'];

  await upload('products-stock.csv', `sku,name,price,stock\n${rows.join('\n')}\n`);

  const file = await ended('products-stock.csv');
  expect(file).toMatchObject({ status: 'DONE', entityType: 'PRODUCT', rowsRead: 3, rowsChanged: 4, problemCount: 2 });
  expect(await problemsOf(file)).toEqual([
    { line: 5, column: 'price', value: 'cheap', rule: 'a number' },
    { line: 4, column: 'stock', value: 'many', rule: 'a whole number' },
  ]);
  const skus = ['B-1', 'B-2', 'B-3', 'B-4'];
  expect(await Promise.all(skus.map(async (sku) => (await product(sku))?.name))).toEqual([
    'Bell',
    'Horn',
    'Rim',
    undefined,
  ]);
  const onHand = async (sku: string) => {
    const ASK = 'query ($sku: [String!]) { inventory(filter: { sku: $sku }) { nodes { onHand } } }';
    return (await hub.admin.ask<{ inventory: { nodes: object[] } }>(ASK, { sku })).inventory.nodes;
  };
  expect(await Promise.all(skus.map(onHand))).toEqual([[{ onHand: 12 }], [], [], []]);
});

it.each([
  [
    'products-named.csv',
    'sku,name,colour,size\nN-1,Bell,red,4\n',
    '1 rows taken, 1 of them changed something; 0 problems; columns not used: colour, size',
  ],
  ['stock-named.csv', 'sku,on hand,shelf\nN-1,4,A3\n', 'columns not used: shelf'],
  ['orders-named.csv', 'order no,sku,quantity,unit price,gift\nN-1,N-1,1,2.00,yes\n', 'columns not used: gift'],
])('G6 names the columns that it did not use in the report beside %s', async (name, content, told) => {
  await drop(name, content);

  const { id } = await ended(name);
  const report = `${id}-${name}.report.csv`;
  await eventually(
    async () => readdirSync(folder('done')),
    (names) => names.includes(report),
  );
  expect(readFileSync(join(folder('done'), report), 'utf8')).toContain(told);
});

it('G6 makes orders of lines with the same number; one wrong line keeps its order out, and no other', async () => {
  const lines = [
    'order number,status,currency,order date,customer name,sku,name,quantity,unit price',
    'F-1,confirmed,EUR,2026-02-15,Ayşe,P-1,Bell,2,10.10',
    'F-1,confirmed,EUR,2026-02-15,Ayşe,P-3,Bag,1,7.00',
    'F-2,confirmed,EUR,15.02.2026 10:30,Can,P-1,Bell,1,10.10',
    'F-2,confirmed,EUR,15.02.2026 10:30,Can,P-1,Bell,none,10.10',
    'F-3,confirmed,EUR,15.02.2026 10:30,Ece,P-1,Bell,1,10.10',
  ];

  await upload('orders.csv', lines.join('\n'));

  const file = await ended('orders.csv');
  expect(file).toMatchObject({ status: 'DONE', rowsRead: 2, problemCount: 1 });
  expect(await problemsOf(file)).toEqual([{ line: 5, column: 'quantity', value: 'none', rule: 'a whole number' }]);
  const order = async (number: string) => {
    const ASK = `query ($number: String!) { order(number: $number) { status placedAt customer { name } totals { grandTotal } lines { sku quantity } } }`;
    return (await hub.admin.ask<{ order: object | null }>(ASK, { number })).order;
  };
  expect(await order('F-1')).toEqual({
    status: 'CONFIRMED',
    placedAt: '2026-02-15T00:00:00Z',
    customer: { name: 'Ayşe' },
    totals: { grandTotal: '27.20' },
    lines: [
      { sku: 'P-1', quantity: 2 },
      { sku: 'P-3', quantity: 1 },
    ],
  });
  expect(await order('F-2')).toBeNull();
  expect(await order('F-3')).toMatchObject({ placedAt: '2026-02-15T10:30:00Z' });
});

it('G6 recognises the same content again, by folder or posted', async () => {
  const content = 'sku,name\nR-1,Once\n';
  await upload('products-again.csv', content);
  await ended('products-again.csv');

  await upload('products-copy.csv', content);
  await drop('products-third.csv', content);

  const file = await eventually(
    async () => (await listFiles()).find(({ name }) => name === 'products-again.csv'),
    (found) => found?.repeatCount === 2,
  );
  expect(file).toMatchObject({ rowsChanged: 1 });
  expect((await listFiles()).filter(({ name }) => /copy|third/.test(name))).toEqual([]);
  // It is put aside once it is counted.
  await eventually(
    async () => readdirSync(folder('in')),
    (names) => names.length === 0,
  );
});

it('G6 says why a file as a whole cannot be taken', async () => {
  await drop('products-broken.csv', 'name;price\nBell;1,00\n');

  const file = await ended('products-broken.csv');

  expect(file).toMatchObject({ status: 'FAILED', rowsRead: 0 });
  expect(file.errorMessage).toContain('sku');
  await eventually(
    async () => readdirSync(folder('failed')),
    (names) => names.includes(`${file.id}-products-broken.csv`),
  );
});

it('G6 exports orders once, as files that no spreadsheet runs', async () => {
  const input = orderInput({
    merchantId: SHOP,
    number: '=1+1',
    customer: { name: '@SUM(A1)' },
    lines: [{ sku: 'P-1', name: '-2+3, "quoted"', quantity: 1, unitPrice: '10.10' }],
  });

  const { links } = await settled(hub.admin, 'order', await idOf(createOrder(hub.admin, input)), 'SYNCED');

  const names = readdirSync(folder('out')).filter((name) => name.startsWith(`${links[0]?.externalId}-`));
  const [header, row, ...rest] = readFileSync(join(folder('out'), names[0] ?? ''), 'utf8').split('\r\n');
  expect(names).toHaveLength(1);
  expect(header).toContain('order number,status,currency');
  expect(row).toMatch(/^'=1\+1,PENDING,EUR,/);
  expect(row).toContain(`,'@SUM(A1),`);
  expect(row).toContain(`,"'-2+3, ""quoted""",1,10.10,10.10,`);
  expect(rest).toEqual(['']);
});

describe('G6 stays in its folder', () => {
  it('refuses a folder that leads out of the merchant’s', async () => {
    const outcome = await mutate(hub.admin, 'createIntegration', 'CreateIntegrationInput', 'integration', {
      ...{ merchantId: SHOP, name: 'Files', connector: 'csv', mode: 'POLLING', credentials: {} },
      settings: { folder: '../other' },
    });

    expect(outcome.userErrors).toMatchObject([{ code: 'BAD_USER_INPUT', path: ['input', 'settings', 'folder'] }]);
  });

  it('follows no link that lies in it', async () => {
    const secret = join(root, 'secret.csv');
    writeFileSync(secret, 'sku,name\nSECRET-1,Stolen\n');
    symlinkSync(secret, join(folder('in'), 'products-link.csv'));

    await drop('products-after.csv', 'sku,name\nAFTER-1,Plain\n');
    await ended('products-after.csv');

    expect(await product('SECRET-1')).toBeNull();
  });

  it.each(['../products.csv', '.hidden.csv', 'products.csv.part', 'a/b.csv'])('refuses the name %s', async (name) => {
    const { status, body } = await upload(name, 'sku\nX\n');

    expect([status, body]).toMatchObject([400, { code: 'BAD_USER_INPUT' }]);
  });
});

it('G6 answers whoever may not post, or posts where no files are taken', async () => {
  const post = async (id: string, headers: Record<string, string>) =>
    (await fetch(`${hub.url}/api/integrations/${id}/files?name=p.csv`, { method: 'POST', headers, body: 'sku\n1\n' }))
      .status;

  expect(await post(integrationId, {})).toBe(401);
  expect(await post(integrationId, { authorization: await hub.bearer({ role: 'viewer' }) })).toBe(403);
  expect(await post(integrationId, { authorization: await hub.bearer({ merchantId: 'other' }) })).toBe(404);
  expect(await post('b2b-portal', { authorization })).toBe(409);
});
