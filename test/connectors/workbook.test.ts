import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import { csv } from '../../src/connectors/csv/index.js';
import type { FileExchange } from '../../src/connectors/files.js';
import { zip } from '../harness/zip.js';

const root = mkdtempSync(join(tmpdir(), 'syncline-workbook-'));
afterAll(() => rmSync(root, { recursive: true }));

const file = { id: 'fil_1', name: 'products.xlsx' };

async function exchangeWith(parts: Record<string, string>, name: string): Promise<FileExchange> {
  const settings = csv.settings.parse({ folder: name, settleMs: 0, defaultCurrency: 'TRY' });
  const { files } = csv.connect({ credentials: {}, settings, filesRoot: root }, null as never);
  if (!files) throw new Error('It takes files.');
  await files.list();
  writeFileSync(join(root, name, 'in', file.name), zip(parts));
  await files.claim(file);
  return files;
}

const workbook = (rows: string, more: Record<string, string> = {}) => ({
  'xl/workbook.xml': '<workbook><sheets><sheet name="A" sheetId="1" r:id="rId7"/></sheets></workbook>',
  'xl/_rels/workbook.xml.rels':
    '<Relationships><Relationship Id="rId7" Target="worksheets/first.xml"/></Relationships>',
  'xl/worksheets/first.xml': `<worksheet><sheetData>${rows}</sheetData></worksheet>`,
  ...more,
});
const read = async (files: FileExchange) => {
  const pages: { rows: unknown[]; problems: unknown[] } = { rows: [], problems: [] };
  for await (const { rows, problems = [] } of files.readProducts(file, new AbortController().signal)) {
    pages.rows.push(...rows);
    pages.problems.push(...problems);
  }
  return pages;
};

it('G6 reads the first sheet of a workbook, its numbers exact and its codes as text', async () => {
  const shared = '<sst><si><t>Kırmızı </t></si><si><r><t>Yeşil </t></r><r><t>Şapka</t></r></si></sst>';
  const rows = `<row r="1"><c r="A1" t="inlineStr"><is><t>sku</t></is></c><c r="B1" t="inlineStr"><is><t>Stok Adı</t></is></c>
    <c r="D1" t="inlineStr"><is><t>price</t></is></c></row>
    <row r="2"><c r="A2" t="inlineStr"><is><t>00123</t></is></c><c r="B2" t="s"><v>0</v></c><c r="D2"><v>19.989999999999998</v></c></row>
    <row r="4"><c r="A4"><v>8690000000017</v></c><c r="B4" t="s"><v>1</v></c><c r="D4"><v>1.5E2</v></c></row>
    <row r="5"><c r="A5" t="inlineStr"><is><t>X</t></is></c><c r="D5" t="e"><v>#N/A</v></c></row>`;

  const { rows: products, problems } = await read(
    await exchangeWith(workbook(rows, { 'xl/sharedStrings.xml': shared }), 'exact'),
  );

  const product = { brand: null, barcode: null, currency: 'TRY' };
  expect(products).toEqual([
    { ...product, sku: '00123', name: 'Kırmızı', price: '19.99' },
    { ...product, sku: '8690000000017', name: 'Yeşil Şapka', price: '150' },
  ]);
  expect(problems).toEqual([{ line: 5, column: 'price', value: '#N/A', rule: 'a number' }]);
});

it.each([
  { is1904: false, serial: 46068.4375, day: 46068 },
  { is1904: true, serial: 44606.4375, day: 44606 },
])('G6 reads dates of a workbook as dates in UTC (1904: $is1904)', async (one) => {
  const text = (at: string, value: string) => `<c r="${at}" t="inlineStr"><is><t>${value}</t></is></c>`;
  const header = ['order number', 'sku', 'quantity', 'unit price', 'order date'].map((name, n) =>
    text(`${'ABCDE'[n]}1`, name),
  );
  const order = (line: number, date: string) =>
    `<row r="${line}">${text(`A${line}`, `X-${line}`)}${text(`B${line}`, 'S')}<c r="C${line}"><v>2</v></c><c r="D${line}"><v>5</v></c>${date}</row>`;
  const dates = [
    `<c r="E2" s="1"><v>${one.serial}</v></c>`,
    `<c r="E3" s="2"><v>${one.day}</v></c>`,
    '<c r="E4" s="1" t="d"><v>2026-02-15T10:30:00</v></c>',
    `<c r="E5" s="3"><v>${one.serial}</v></c>`,
  ];
  const rows = `<row r="1">${header.join('')}</row>${dates.map((date, n) => order(n + 2, date)).join('')}`;
  const own = '<numFmts><numFmt numFmtId="164" formatCode="[$-41F]dd\\ mmmm\\ yyyy\\ hh:mm"/></numFmts>';
  const styles = `<styleSheet>${own}<cellXfs><xf numFmtId="0"/><xf numFmtId="22"/><xf numFmtId="14"/><xf numFmtId="164"/></cellXfs></styleSheet>`;
  const parts = workbook(rows, { 'xl/styles.xml': styles });
  const properties = one.is1904 ? '<workbookPr date1904="1"/>' : '<workbookPr/>';
  parts['xl/workbook.xml'] = parts['xl/workbook.xml'].replace('<workbook>', `<workbook>${properties}`);
  const files = await exchangeWith(parts, `dates-${one.is1904}`);

  const placed: unknown[] = [];
  for await (const page of files.readOrders(file, new AbortController().signal))
    placed.push(...page.rows.map(({ order }) => order?.placedAt));

  const [instant, day] = ['2026-02-15T10:30:00.000Z', '2026-02-15T00:00:00.000Z'];
  expect(placed).toEqual([instant, day, instant, instant]);
});

it('G6 stops at a workbook that unpacks to far more than it is', async () => {
  const bomb = `<row r="1"><c r="A1" t="inlineStr"><is><t>sku</t></is></c></row>${'<row/>'.repeat(1_000_000)}`;
  const files = await exchangeWith(workbook(bomb), 'bomb');

  await expect(read(files)).rejects.toMatchObject({
    code: 'INVALID_SHAPE',
    message: expect.stringContaining('unpacks'),
  });
});

it('G6 refuses a file that was replaced since it was surveyed, or is written to while it is read', async () => {
  const files = await exchangeWith(workbook('<row><c t="inlineStr"><is><t>sku</t></is></c></row>'), 'replaced');
  const path = join(root, 'replaced', 'work', `${file.id}-${file.name}`);
  const lines = Array.from({ length: 40_000 }, (_, n) => `SKU-${n},Bell`).join('\n');
  writeFileSync(path, `sku,name\n${lines}\n`);
  const refusal = {
    code: 'INVALID_SHAPE',
    message: expect.stringMatching(/^The file was replaced or written to while/),
  };

  const other = files.readProducts({ ...file, contentHash: 'another' }, new AbortController().signal);
  await expect(other[Symbol.asyncIterator]().next()).rejects.toMatchObject(refusal);
  const pages = files.readProducts(file, new AbortController().signal)[Symbol.asyncIterator]();
  const first = await pages.next();
  writeFileSync(path, `sku,name\n${lines}\nSKU-X,Horn\n`);
  const readOn = async () => {
    while (!(await pages.next()).done);
  };

  expect(first.value.rows.length).toBeGreaterThan(0);
  await expect(readOn()).rejects.toMatchObject(refusal);
});

it('G6 says of a broken workbook that it is one', async () => {
  const files = await exchangeWith(workbook('<row r="1"><c'), 'broken');

  await expect(read(files)).rejects.toMatchObject({ code: 'INVALID_SHAPE' });
});
