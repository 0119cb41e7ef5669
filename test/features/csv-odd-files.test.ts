import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { encodeText } from '../../src/connectors/text/code-pages.js';
import { eventually } from '../harness/eventually.js';
import { startTestHub, type TestHub } from '../harness/hub.js';
import { zip } from '../harness/zip.js';
import { idOf, mutate } from './order-client.js';

const SHOP = 'shop-odd';
const root = mkdtempSync(join(tmpdir(), 'syncline-odd-files-'));
let hub: TestHub;
let integrationId: string;

beforeAll(async () => {
  hub = await startTestHub({ env: { CSV_ROOT: root } });
  integrationId = await idOf(
    mutate(hub.admin, 'createIntegration', 'CreateIntegrationInput', 'integration', {
      ...{ merchantId: SHOP, name: 'Files', connector: 'csv', mode: 'POLLING', credentials: {} },
      settings: { settleMs: 0, defaultCurrency: 'TRY' },
    }),
  );
});
afterAll(async () => {
  await hub.stop();
  rmSync(root, { recursive: true });
});

interface ShownFile {
  status: string;
  errorMessage: string | null;
  rowsRead: number;
  problemCount: number;
  unusedColumns: string[];
  columnHints: string[];
  syncEventId: string | null;
}

/** Puts a file where the hub looks, lets it look, and waits until the file is taken or refused. */
async function take(name: string, content: string | Buffer): Promise<ShownFile> {
  const folder = join(root, SHOP, 'files/in');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), content);
  await idOf(mutate(hub.admin, 'startSync', 'StartSyncInput', 'syncEvent', { integrationId, entityType: 'PRODUCT' }));
  const ASK = `{ importFiles(first: 100) { nodes {
    name status errorMessage rowsRead problemCount unusedColumns columnHints syncEventId } } }`;
  const ask = () => hub.admin.ask<{ importFiles: { nodes: (ShownFile & { name: string })[] } }>(ASK);
  const found = await eventually(
    async () => (await ask()).importFiles.nodes.find((file) => file.name === name),
    (file) => file?.status === 'DONE' || file?.status === 'FAILED',
  );
  return found as ShownFile;
}
const problemsOf = async ({ syncEventId }: ShownFile) => {
  const ASK = 'query ($id: ID!) { syncEvent(id: $id) { problems { nodes { line column value rule } } } }';
  return (await hub.admin.ask<{ syncEvent: { problems: { nodes: object[] } } }>(ASK, { id: syncEventId })).syncEvent
    .problems.nodes;
};
const namesOf = async (skus: string[]) => {
  const ASK = 'query ($sku: String!) { product(sku: $sku) { name price } }';
  return Promise.all(skus.map(async (sku) => (await hub.admin.ask<{ product: object | null }>(ASK, { sku })).product));
};

const text = (value: string) => `<c t="inlineStr"><is><t>${value}</t></is></c>`;
const workbook = (rows: string) =>
  zip({
    'xl/workbook.xml': '<workbook><sheets><sheet name="A" sheetId="1" r:id="rId1"/></sheets></workbook>',
    'xl/worksheets/sheet1.xml': `<worksheet><sheetData>${rows}</sheetData></worksheet>`,
  });

/** As a program does that packs with a password: the flag at each part, and unreadable bytes. */
function locked(archive: Buffer): Buffer {
  const marked = Buffer.from(archive);
  for (let at = 0; at < marked.length - 4; at += 1) {
    if (marked.readUInt32LE(at) === 0x04034b50) marked.writeUInt16LE(1, at + 6);
    if (marked.readUInt32LE(at) === 0x02014b50) marked.writeUInt16LE(1, at + 8);
  }
  return marked;
}

const SPREADSHEET_WITH_PASSWORD = Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(4096, 7)]);
const LETTERS = Array.from({ length: 60_000 }, (_, n) => (n * 7919).toString(36)).join('');

it.each<[what: string, name: string, content: string | Buffer, reason: RegExp]>([
  [
    'a title above its header',
    'products-title.xlsx',
    workbook(`<row>${text('FİYAT LİSTESİ')}</row><row>${text('sku')}${text('name')}</row>`),
    /no column for sku: .* The first line has: FİYAT LİSTESİ\.$/,
  ],
  ['an empty first sheet', 'products-sheet.xlsx', workbook(''), /^The first sheet, which alone is read, is empty: /],
  ['no bytes', 'products-empty.csv', '', /^The file is empty: its first line must name the columns\.$/],
  [
    'a quote in its header that is never closed',
    'products-open.csv',
    `sku,"name,price\n${'Q-1,Bell,2\n'.repeat(10)}`,
    /^The first line, which must name the columns, .* a quote in it is never closed: mend that line\.$/,
  ],
  [
    'a header of more than 1 MiB',
    'products-long.csv',
    `sku,name,${'x'.repeat(1_200_000)}\nQ-1,Bell,2\n`,
    /^The first line, .* is longer than 1 MiB/,
  ],
  ['bytes that are no text', 'export-1.csv', Buffer.alloc(5000, 3), /^The file is no table of text: save it as CSV/],
  [
    'a password, also where its name does not tell what it holds',
    'export-2.xlsx',
    SPREADSHEET_WITH_PASSWORD,
    /^The file is a workbook with a password, or an old one \(\.xls\): save it as XLSX without a password, or as CSV\.$/,
  ],
  [
    'a password as an archive',
    'products-locked.xlsx',
    locked(workbook(`<row>${text('sku')}</row>`)),
    /^The file is no XLSX workbook that can be read: it has a password\. Save it again, or as CSV\.$/,
  ],
  [
    'a cell without end',
    'products-cell.xlsx',
    workbook(`<row>${text('sku')}</row><row>${text(LETTERS.repeat(8))}</row>`),
    /one of its cells or tags is longer than 1 MiB/,
  ],
])('G6 says of a file with %s why it is not taken', async (_what, name, content, reason) => {
  const file = await take(name, content);

  expect(file).toMatchObject({ status: 'FAILED', rowsRead: 0, errorMessage: expect.stringMatching(reason) });
});

it('G6 tells the lines that a stray quote swallows, and takes those around them', async () => {
  const lines = [
    'sku;name;price',
    'B-1;"ok";1,50',
    'B-2;15" wide;2,50',
    'B-3;"open;3,50',
    'B-4;x;4,50',
    'B-5;"y";5,50',
  ];

  const file = await take('products-stray.csv', [...lines, 'B-6;z;6,50', ''].join('\n'));

  expect(file).toMatchObject({ status: 'DONE', rowsRead: 3, problemCount: 1 });
  expect(await problemsOf(file)).toMatchObject([
    {
      line: 4,
      value: expect.stringContaining('"open;3,50'),
      rule: expect.stringContaining('lines 4 to 6 were not taken'),
    },
  ]);
  expect(await namesOf(['B-1', 'B-2', 'B-3', 'B-6'])).toEqual([
    { name: 'ok', price: '1.50' },
    { name: '15" wide', price: '2.50' },
    null,
    { name: 'z', price: '6.50' },
  ]);
});

it('G6 takes a well quoted column of several lines that begins with a quote of its own', async () => {
  const lines = ['sku,name,price', 'Q-1,"""Best"", soft', 'and warm",1.50', 'Q-2,"""All of it, and', 'more""",2.50'];

  const file = await take('products-quoted.csv', [...lines, 'Q-3,z,3.50', ''].join('\n'));

  expect(file).toMatchObject({ status: 'DONE', rowsRead: 3, problemCount: 0 });
  expect(await namesOf(['Q-1', 'Q-2', 'Q-3'])).toEqual([
    { name: '"Best", soft\nand warm', price: '1.50' },
    { name: '"All of it, and\nmore"', price: '2.50' },
    { name: 'z', price: '3.50' },
  ]);
});

it('G6 reads a workbook’s numbers that are kept as text as they are written there, and guesses none', async () => {
  const price = ['1.250,75', '12,50 TL', '3.500'];
  const cells = price.map((one, n) => `<row>${text(`WT-${n}`)}${text('Kalem')}${text(one)}</row>`).join('');
  const header = `<row>${text('sku')}${text('name')}${text('price')}</row>`;
  const number = `<row>${text('WT-9')}${text('Kalem')}<c><v>4.125</v></c></row>`;

  const sensed = await take('products-texts.xlsx', workbook(header + cells + number));
  const unsure = await take(
    'products-unsure.xlsx',
    workbook(`${header}<row>${text('WT-8')}${text('Ok')}${text('3.500')}</row>${number}`),
  );

  expect(sensed).toMatchObject({ status: 'DONE', rowsRead: 4, problemCount: 0 });
  expect(await namesOf(['WT-0', 'WT-1', 'WT-2', 'WT-9', 'WT-8'])).toMatchObject([
    ...[{ price: '1250.75' }, { price: '12.50' }, { price: '3500' }, { price: '4.125' }],
    null,
  ]);
  expect(await problemsOf(unsure)).toMatchObject([{ line: 2, column: 'price', value: '3.500' }]);
});

it('G6 takes a header alone, UTF-16 with its mark, and Turkish of Windows', async () => {
  const header = await take('products-header.csv', 'sku,name,price');
  const wide = await take('products-utf16.csv', encodeText('\uFEFFsku;name;price\nU-1;Şapka ğ;1,50\n', 'utf-16le'));
  const turkish = await take(
    'products-1254.csv',
    encodeText('sku;ürün adı;fiyat\nT-1;Işıklı ğİ;2,50\n', 'windows-1254'),
  );

  expect(header).toMatchObject({ status: 'DONE', rowsRead: 0, problemCount: 0 });
  expect([wide, turkish]).toMatchObject([{ rowsRead: 1 }, { rowsRead: 1 }]);
  expect(await namesOf(['U-1', 'T-1'])).toEqual([
    { name: 'Şapka ğ', price: '1.50' },
    { name: 'Işıklı ğİ', price: '2.50' },
  ]);
});

it('G6 takes a file of ten thousand columns, and tells the first of those that it did not use', async () => {
  const names = Array.from({ length: 10_000 }, (_, n) => (n === 1 ? 'name' : n === 9999 ? 'sku' : `column ${n}`));
  const line = names.map((name) => (name === 'sku' ? 'W-1' : name)).join(';');

  const file = await take('products-wide.csv', `${names.join(';')}\n${line}\n`);

  expect(file).toMatchObject({ status: 'DONE', rowsRead: 1, problemCount: 0, columnHints: [] });
  expect(file.unusedColumns).toHaveLength(200);
  expect(await namesOf(['W-1'])).toEqual([{ name: 'name', price: null }]);
});

it('G6 tells where a record began that never ends, and that nothing behind it was read', async () => {
  const file = await take('products-quote.csv', 'sku,name,price\nE-1,Bell,1\nE-2,"Horn,2\nE-3,Rim,3\nE-4,Bag,4\n');

  const rule = 'a quote that is opened must be closed; nothing behind it was read';
  expect(file).toMatchObject({ status: 'DONE', rowsRead: 1, problemCount: 1 });
  expect(await problemsOf(file)).toEqual([{ line: 3, column: '', value: '', rule }]);
});

it('G6 tells of a workbook’s cells far beyond its header once for each row', async () => {
  const far = (n: number) =>
    `<row r="${n}"><c r="A${n}" t="inlineStr"><is><t>F-${n}</t></is></c><c r="XFD${n}"><v>${n}</v></c></row>`;
  const rows = Array.from({ length: 3000 }, (_, n) => far(n + 2)).join('');

  const file = await take('products-far.xlsx', workbook(`<row r="1">${text('sku')}${text('name')}</row>${rows}`));

  const [problem] = await problemsOf(file);
  expect(file).toMatchObject({ status: 'DONE', rowsRead: 0, problemCount: 3000 });
  expect(problem).toEqual({ line: 2, column: '3', value: '2', rule: 'at most 2 columns, as the header has' });
});

it('G6 tells the columns that it did not use, and which of them look like a known one', async () => {
  const content = 'sku,name,Barcoed,Colour,Preis,Currencyy\nH-1,Bell,123,red,2,TRY\n';
  const file = await take('products-slips.csv', content);
  const failed = await take('stock-slips.csv', 'sku,Quantiy\nH-1,4\n');
  const url = `${hub.url}/api/integrations/${integrationId}/files?name=products-again.csv`;
  const headers = { authorization: await hub.bearer({}), 'content-type': 'text/csv' };
  const again = await (await fetch(url, { method: 'POST', headers, body: content })).json();

  const told = {
    unusedColumns: ['Barcoed', 'Colour', 'Currencyy'],
    columnHints: ['Barcoed looks like barcode', 'Currencyy looks like currency'],
  };
  expect(file).toMatchObject({ status: 'DONE', ...told });
  expect(failed).toMatchObject({
    status: 'FAILED',
    errorMessage: expect.stringMatching(/Quantiy looks like quantity\.$/),
  });
  expect(again).toMatchObject({ data: { ...told, status: 'DONE' } });
});
