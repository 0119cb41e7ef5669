import type { Readable } from 'node:stream';
import { SaxesParser } from 'saxes';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { HubError } from '../../errors.js';
import type { RawRow, RawTable } from './raw-table.js';
import { type CellReader, createCellReader } from './workbook-cells.js';
import { readStyles } from './workbook-styles.js';

/** Bounds of a workbook as it is unpacked, whatever its directory claims. */
const MOST_SHEET_BYTES = 2 * 1024 ** 3;
const MOST_SHARED_BYTES = 64 * 1024 ** 2;
const MOST_ENTRIES = 2000;
/** Of one cell or tag: the parser keeps it until its end. */
const MOST_PIECE_CHARACTERS = 1024 ** 2;
/** Text of a table is packed to a tenth; a bomb to a thousandth. */
const MOST_RATIO = 200;
const ROWS_A_BATCH = 1000;

/**
 * Streams the first sheet of an XLSX file. Numbers come as the text that the file has, to the 15 digits that Excel shows;
 * dates as ISO 8601.
 * @throws HubError INVALID_SHAPE when it is no workbook, or larger than its bounds
 */
export async function* readWorkbook(path: string, signal: AbortSignal): AsyncGenerator<RawTable> {
  const zip = await openPromise(path, { lazyEntries: true, autoClose: false }).catch(broken);
  try {
    const parts = await readDirectory(zip);
    const shared = await readShared(zip, parts.get('xl/sharedStrings.xml'));
    const { isDate, is1904 } = await readStyles((name) => readSmall(zip, parts.get(name)));
    const sheet = parts.get(await firstSheet(zip, parts));
    if (!sheet) throw notAWorkbook('it has no sheet');
    yield* readRows(zip, sheet, createCellReader({ shared, isDate, is1904 }), signal);
  } catch (error) {
    broken(error);
  } finally {
    zip.close();
  }
}

async function readDirectory(zip: ZipFile): Promise<Map<string, Entry>> {
  if (zip.entryCount > MOST_ENTRIES) throw notAWorkbook(`it has more than ${MOST_ENTRIES} parts`);
  const parts = new Map<string, Entry>();
  for await (const entry of zip.eachEntry()) parts.set(entry.fileName, entry);
  return parts;
}

/** Sheets are named by relations; where those are missing, by their usual name. */
async function firstSheet(zip: ZipFile, parts: Map<string, Entry>): Promise<string> {
  const workbook = await readSmall(zip, parts.get('xl/workbook.xml'));
  const relations = await readSmall(zip, parts.get('xl/_rels/workbook.xml.rels'));
  const id = /<(?:\w+:)?sheet\b[^>]*\br:id="([^"]+)"/.exec(workbook)?.[1];
  const relation = (relations.match(/<Relationship\b[^>]*>/g) ?? []).find((tag) => tag.includes(`Id="${id}"`));
  const target = /Target="([^"]+)"/.exec(relation ?? '')?.[1] ?? 'worksheets/sheet1.xml';
  return target.startsWith('/') ? target.slice(1) : `xl/${target}`;
}

async function readShared(zip: ZipFile, entry: Entry | undefined): Promise<string[]> {
  const shared: string[] = [];
  if (!entry) return shared;
  let text = '';
  let isText = false;
  let isPhonetic = false;
  const parser = new SaxesParser();
  const bounded = boundPieces(parser);
  parser.on('opentag', ({ name }) => {
    bounded.ended();
    isText = name === 't' && !isPhonetic;
    if (name === 'rPh') isPhonetic = true;
  });
  parser.on('text', (piece) => {
    if (isText) text += piece;
  });
  parser.on('closetag', ({ name }) => {
    isText = false;
    if (name === 'rPh') isPhonetic = false;
    if (name !== 'si') return;
    shared.push(text);
    text = '';
  });
  for await (const piece of unpack(zip, entry, MOST_SHARED_BYTES)) bounded.write(piece);
  return shared;
}

async function* readRows(
  zip: ZipFile,
  entry: Entry,
  reader: CellReader,
  signal: AbortSignal,
): AsyncGenerator<RawTable> {
  let rows: RawRow[] = [];
  const parser = new SaxesParser();
  const bounded = boundPieces(parser);
  parser.on('opentag', ({ name, attributes }) => {
    bounded.ended();
    reader.open(name, attributes as Record<string, string>);
  });
  parser.on('text', (text) => reader.text(text));
  parser.on('closetag', ({ name }) => {
    const row = reader.close(name);
    if (row?.cells.some((cell) => cell !== '')) rows.push(row);
  });
  for await (const piece of unpack(zip, entry, MOST_SHEET_BYTES)) {
    signal.throwIfAborted();
    bounded.write(piece);
    if (rows.length < ROWS_A_BATCH) continue;
    yield { rows, problems: [] };
    rows = [];
  }
  yield { rows, problems: [] };
}

/** Refuses a document that goes on for too long without the beginning of a tag. */
function boundPieces(parser: SaxesParser) {
  let size = 0;
  return {
    ended: () => {
      size = 0;
    },
    write(piece: string): void {
      size += piece.length;
      parser.write(piece);
      if (size > MOST_PIECE_CHARACTERS) throw notAWorkbook('one of its cells or tags is longer than 1 MiB');
    },
  };
}

async function readSmall(zip: ZipFile, entry: Entry | undefined): Promise<string> {
  if (!entry) return '';
  let text = '';
  for await (const piece of unpack(zip, entry, 4 * 1024 ** 2)) text += piece;
  return text;
}

/** The text of a part, which is counted as it is unpacked: what the directory says about its size may be a lie. */
async function* unpack(zip: ZipFile, entry: Entry, most: number): AsyncGenerator<string> {
  if (entry.isEncrypted()) throw notAWorkbook('it has a password');
  const stream: Readable = await zip.openReadStreamPromise(entry).catch(broken);
  const decoder = new TextDecoder();
  const allowed = Math.min(most, Math.max(1024 ** 2, entry.compressedSize * MOST_RATIO));
  let size = 0;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > allowed)
        throw notAWorkbook(`${entry.fileName} unpacks to more than ${Math.round(allowed / 1024 ** 2)} MiB`);
      yield decoder.decode(chunk, { stream: true });
    }
  } catch (error) {
    broken(error);
  } finally {
    stream.destroy();
  }
}

function broken(error: unknown): never {
  if (error instanceof HubError || (error as { name?: string }).name === 'AbortError') throw error;
  throw notAWorkbook(error instanceof Error ? error.message.slice(0, 200) : 'it cannot be read');
}

function notAWorkbook(reason: string): HubError {
  return new HubError(
    'INVALID_SHAPE',
    `The file is no XLSX workbook that can be read: ${reason.replace(/\.+$/, '')}. Save it again, or as CSV.`,
  );
}
