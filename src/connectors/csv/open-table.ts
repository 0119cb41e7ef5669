import { open } from 'node:fs/promises';
import { HubError } from '../../errors.js';
import type { CodePage } from '../code-pages.js';
import type { DecimalSign } from '../local-decimals.js';
import { senseDecimalSign, senseDelimiter } from './detect.js';
import type { RawTable } from './raw-table.js';
import { type Dialect, readDelimited, readHead, readSample } from './read-delimited.js';
import { readWorkbook } from './read-workbook.js';
import type { CsvSettings } from './settings.js';

/** A file as a table of text, whatever its format. */
export interface OpenTable {
  header: string[];
  /** By which numbers are read; null: what is ambiguous cannot be. */
  decimalSign: DecimalSign | null;
  /** All records but the header. To be iterated once. */
  read(signal: AbortSignal): AsyncIterable<RawTable>;
}

/** @throws HubError INVALID_SHAPE when it has no header or is no workbook */
export async function openTable(path: string, encoding: CodePage, settings: CsvSettings): Promise<OpenTable> {
  return (await isZip(path)) ? openWorkbook(path) : openDelimited(path, encoding, settings);
}

async function openWorkbook(path: string): Promise<OpenTable> {
  const read = (signal: AbortSignal) => readWorkbook(path, signal);
  const { value: first } = await firstOf(read(AbortSignal.timeout(60_000)));
  return { header: headerOf(first?.rows[0]?.cells), decimalSign: '.', read: (signal) => withoutHeader(read(signal)) };
}

async function openDelimited(path: string, encoding: CodePage, settings: CsvSettings): Promise<OpenTable> {
  const sample = await readSample(path, encoding);
  const sensed = senseDelimiter(sample);
  const isOwn = settings.delimiter !== 'auto';
  const dialect: Dialect = { ...sensed, encoding, ...(isOwn && { delimiter: settings.delimiter }) };
  const [header, ...records] = await readHead(sample, dialect);
  const decimalSign = settings.decimalSign === 'auto' ? senseDecimalSign(records.flat()) : settings.decimalSign;
  const read = (signal: AbortSignal) => withoutHeader(readDelimited(path, dialect, signal));
  return { header: headerOf(header), decimalSign, read };
}

function headerOf(cells: string[] | undefined): string[] {
  if (cells?.some((cell) => cell.trim() !== '')) return cells.map((cell) => cell.trim());
  throw new HubError('INVALID_SHAPE', 'The file is empty: its first line must name the columns.');
}

async function* withoutHeader(tables: AsyncIterable<RawTable>): AsyncGenerator<RawTable> {
  let isFirst = true;
  for await (const { rows, problems } of tables) {
    yield { rows: isFirst ? rows.slice(1) : rows, problems };
    if (rows.length > 0) isFirst = false;
  }
}

async function firstOf<T>(values: AsyncGenerator<T>): Promise<{ value: T | undefined }> {
  for await (const value of values) return { value };
  return { value: undefined };
}

async function isZip(path: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const { buffer } = await file.read(Buffer.alloc(4), 0, 4, 0);
    return buffer.toString('latin1') === 'PK\u0003\u0004';
  } finally {
    await file.close();
  }
}
