import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import type { RawTable } from '../../src/connectors/csv/raw-table.js';
import { readDelimited } from '../../src/connectors/csv/read-delimited.js';
import { type CodePage, encodeText } from '../../src/connectors/text/code-pages.js';

const folder = mkdtempSync(join(tmpdir(), 'syncline-delimited-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function read(text: string, encoding: CodePage, delimiter = ';'): Promise<RawTable> {
  const path = join(folder, 'table.csv');
  writeFileSync(path, encodeText(text, encoding));
  const whole: RawTable = { rows: [], problems: [] };
  const dialect = { encoding, delimiter, isDeclared: false };
  for await (const { rows, problems } of readDelimited(path, dialect, new AbortController().signal)) {
    whole.rows.push(...rows);
    whole.problems.push(...problems);
  }
  return whole;
}

it.each(['utf-8', 'utf-16le', 'utf-16be', 'windows-1254'] as const)(
  'G6 reads a %s file of many pieces, each record with its line, whatever stands at their borders',
  async (encoding) => {
    const cells = Array.from({ length: 8_000 }, (_, n) => [`SKU-${n}`, `Işıklı "Şapka"; ${n}\nğ`, 'ü']);
    const lines = cells.map((row) => row.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(';'));

    const { rows, problems } = await read(
      `\uFEFF${lines.join('\r\n')}`.slice(encoding === 'windows-1254' ? 1 : 0),
      encoding,
    );

    expect(problems).toEqual([]);
    expect(rows).toEqual(cells.map((row, n) => ({ line: 2 * n + 1, cells: row })));
  },
);

it('G6 takes all that stands before a quote that is never closed, and nothing behind it', async () => {
  const before = Array.from({ length: 500 }, (_, n) => `A-${n};1`);
  const behind = Array.from({ length: 200_000 }, (_, n) => `B-${n};x`);

  const { rows, problems } = await read([...before, 'C;"open', ...behind].join('\n'), 'utf-8');

  expect(rows.map(({ cells }) => cells.join(';'))).toEqual(before);
  expect(problems).toMatchObject([{ rule: expect.stringContaining('nothing behind it was read') }]);
});

it.each(['utf-8', 'windows-1254'] as const)(
  'G6 reads a %s cell whose own quotes are not doubled as a person would, and tells of what cannot be read so',
  async (encoding) => {
    const lines = [
      'sku;name;price',
      'A-1;"kirik "orta" tirnak";1',
      'A-2;"""Şapka"" 12""";2',
      'A-3;"12" boru" ;3',
      'A-4;12" boru;4',
      'A-5;"12" boru; uzun";5',
      'A-6;"son";6',
    ];

    const { rows, problems } = await read(lines.join('\r\n'), encoding);

    expect(rows.slice(1).map(({ cells }) => cells)).toEqual([
      ['A-1', 'kirik "orta" tirnak', '1'],
      ['A-2', '"Şapka" 12"', '2'],
      ['A-3', '12" boru', '3'],
      ['A-4', '12" boru', '4'],
      ['A-6', 'son', '6'],
    ]);
    expect(problems).toEqual([
      { line: 6, column: '', value: '"12" boru', rule: 'a quote within a quoted cell must be doubled: ""' },
    ]);
  },
);

it('G6 leaves cells alone that begin and end with doubled quotes, wherever pieces of the file end', async () => {
  const names = Array.from({ length: 12_000 }, (_, n) => `"Şapka ${n}" ve "kuşak"`);
  const lines = names.map((name, n) => `S-${n};"${name.replaceAll('"', '""')}"`);

  const { rows, problems } = await read(lines.join('\n'), 'utf-8');

  expect(problems).toEqual([]);
  expect(rows.map(({ cells }) => cells[1])).toEqual(names);
});
