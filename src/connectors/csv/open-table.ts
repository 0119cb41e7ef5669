import { open } from 'node:fs/promises';
import { HubError } from '../../errors.js';
import type { CodePage } from '../text/code-pages.js';
import type { DecimalSign } from '../text/local-decimals.js';
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
  const magic = await readMagic(path);
  if (magic.startsWith(OLE)) throw new HubError('INVALID_SHAPE', PROTECTED);
  return magic.startsWith(ZIP) ? openWorkbook(path, settings) : openDelimited(path, encoding, settings);
}

const ZIP = '504b0304';
/** The container of workbooks with a password, and of those before 2007. */
const OLE = 'd0cf11e0a1b11ae1';
const PROTECTED =
  'The file is a workbook with a password, or an old one (.xls): save it as XLSX without a password, or as CSV.';
const EMPTY = 'The file is empty: its first line must name the columns.';
const NO_TEXT = 'The file is no table of text: save it as CSV or XLSX.';
const NO_HEADER =
  'The first line, which must name the columns, is longer than 1 MiB, or a quote in it is never closed: mend that line.';
/** Tried in turn: nearly every header is within the first. */
const SAMPLE_BYTES = [64 * 1024, 2 * 1024 ** 2];
/** No text has these. */
const BINARY = /[^\P{Cc}\t\n\r]/u;

/** Its numbers have a point, whatever people see; numbers that are kept as text are as people write them. */
async function openWorkbook(path: string, settings: CsvSettings): Promise<OpenTable> {
  const read = (signal: AbortSignal) => readWorkbook(path, signal);
  const { value: first } = await firstOf(read(AbortSignal.timeout(60_000)));
  const [head, ...records] = first?.rows ?? [];
  const header = headerOf(
    head?.cells,
    'The first sheet, which alone is read, is empty: its first line must name the columns.',
  );
  const texts = records.flatMap(({ cells, numeric }) => cells.filter((_, index) => !numeric?.has(index)));
  const decimalSign = settings.decimalSign === 'auto' ? senseDecimalSign(texts) : settings.decimalSign;
  return { header, decimalSign, read: (signal) => withoutHeader(read(signal)) };
}

async function openDelimited(path: string, encoding: CodePage, settings: CsvSettings): Promise<OpenTable> {
  const { dialect, head } = await findHead(path, encoding, settings);
  const [header, ...records] = head;
  const decimalSign = settings.decimalSign === 'auto' ? senseDecimalSign(records.flat()) : settings.decimalSign;
  const read = (signal: AbortSignal) => withoutHeader(readDelimited(path, dialect, signal));
  return { header: headerOf(header), decimalSign, read };
}

async function findHead(path: string, encoding: CodePage, { delimiter }: CsvSettings) {
  for (const bytes of SAMPLE_BYTES) {
    const sample = await readSample(path, encoding, bytes);
    const isOwn = delimiter !== 'auto';
    const dialect: Dialect = { ...senseDelimiter(sample.text), encoding, ...(isOwn && { delimiter }) };
    const head = await readHead(sample, dialect);
    if (head.length > 0 || (sample.isWhole && sample.text.trim() === '')) return { dialect, head };
  }
  throw new HubError('INVALID_SHAPE', NO_HEADER);
}

function headerOf(cells: string[] | undefined, empty = EMPTY): string[] {
  if (cells?.some((cell) => BINARY.test(cell))) throw new HubError('INVALID_SHAPE', NO_TEXT);
  if (cells?.some((cell) => cell.trim() !== '')) return cells.map((cell) => cell.trim());
  throw new HubError('INVALID_SHAPE', empty);
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

/** The first bytes, hex. */
async function readMagic(path: string): Promise<string> {
  const file = await open(path, 'r');
  try {
    const { buffer } = await file.read(Buffer.alloc(8), 0, 8, 0);
    return buffer.toString('hex');
  } finally {
    await file.close();
  }
}
