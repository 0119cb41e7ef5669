import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { finished } from 'node:stream/promises';
import { type CsvError, type Info, type Options, Parser } from 'csv-parse';
import type { RowProblem } from '../pull.js';
import type { CodePage } from '../text/code-pages.js';
import { mendQuotes } from './mend-quotes.js';
import type { RawRow, RawTable } from './raw-table.js';

/** A quote that is never closed must not swallow the file into memory. */
const MOST_RECORD_CHARACTERS = 1024 * 1024;
const LONGEST_SHOWN = 200;
/** Some hundred or thousand rows. */
const CHUNK_BYTES = 64 * 1024;

/** How a text file is to be read. */
export interface Dialect {
  encoding: CodePage;
  delimiter: string;
  /** `sep=;` stands in the first line. */
  isDeclared: boolean;
}

/** The beginning of a file. */
export interface Sample {
  /** Cut at a line's end where there is one. */
  text: string;
  /** The file has no more. */
  isWhole: boolean;
}

export async function readSample(path: string, encoding: CodePage, bytes: number): Promise<Sample> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, 0);
    const text = new TextDecoder(encoding).decode(buffer.subarray(0, bytesRead), { stream: true });
    const end = Math.max(text.lastIndexOf('\n'), text.lastIndexOf('\r'));
    const isWhole = bytesRead < bytes;
    return { text: isWhole || end < 0 ? text : text.slice(0, end + 1), isWhole };
  } finally {
    await file.close();
  }
}

/** The first records, as far as they are complete. */
export async function readHead({ text, isWhole }: Sample, dialect: Dialect): Promise<string[][]> {
  const splitter = splitBy(dialect);
  const { rows } = splitter.take(text);
  const last = await splitter.end();
  return [...rows, ...(isWhole ? last.rows : [])].map(({ cells }) => cells);
}

/** Streams a delimited text file; what cannot be read as a record is a problem, and the rest goes on. */
export async function* readDelimited(path: string, dialect: Dialect, signal: AbortSignal): AsyncGenerator<RawTable> {
  const splitter = splitBy(dialect);
  for await (const piece of readPieces(path, dialect.encoding, signal)) {
    yield splitter.take(piece);
    if (splitter.isLost()) return;
  }
  yield await splitter.end();
}

/** The parser takes UTF-8 as it is. */
async function* readPieces(path: string, encoding: CodePage, signal: AbortSignal): AsyncGenerator<Buffer | string> {
  const chunks: AsyncIterable<Buffer> = createReadStream(path, { highWaterMark: CHUNK_BYTES, signal });
  if (encoding === 'utf-8') {
    yield* chunks;
    return;
  }
  const decoder = new TextDecoder(encoding);
  for await (const chunk of chunks) yield decoder.decode(chunk, { stream: true });
  yield decoder.decode();
}

interface Splitter {
  /** The records that are complete with this piece. */
  take(piece: Buffer | string): RawTable;
  /** The last record. */
  end(): Promise<RawTable>;
  /** Whether the parser cannot find its way back into the file. */
  isLost(): boolean;
}

const OPTIONS = {
  bom: true,
  relax_column_count: true,
  relax_quotes: true,
  skip_empty_lines: true,
  skip_records_with_error: true,
  max_record_size: MOST_RECORD_CHARACTERS,
};

/** Records are collected as the parser meets them: handed out one by one by its stream they would take longer. */
function splitBy({ delimiter, isDeclared }: Dialect): Splitter {
  const found: RawTable = { rows: [], problems: [] };
  let isLost = false;
  let lastLine = 0;
  /** What the next record may have begun in. */
  const held: (Buffer | string)[] = [];
  const parser = new Parser({
    ...{ ...OPTIONS, delimiter, from_line: isDeclared ? 2 : 1 },
    on_skip: (error: CsvError | undefined) => {
      if (!error || isLost) return;
      const problem = toProblem(error, lastLine + 1);
      found.problems.push(problem);
      isLost = problem.rule === UNCLOSED;
    },
    on_record: (cells: string[], { lines }: Info) => {
      if (isLost) return;
      const row = { line: lastLine + 1, cells };
      const broken = cells.some(isQuoted) ? mendQuotes(cells, held) : null;
      const problem = lastLine > 0 && broken !== null && toQuoteProblem(row, lines, broken, delimiter);
      if (problem) found.problems.push(problem);
      else found.rows.push(row);
      lastLine = lines;
      held.splice(0, held.length - 1);
    },
  } as unknown as Options);
  parser.resume();
  return {
    take(piece) {
      held.push(piece);
      parser.write(piece);
      return handOver(found);
    },
    async end() {
      parser.end();
      await finished(parser);
      return handOver(found);
    },
    isLost: () => isLost,
  };
}

/** Told of the line with which the record begins: where it ends is unknown. */
function toProblem(error: CsvError, line: number): RowProblem {
  const { code } = error as unknown as { code: string };
  return { line, column: '', value: '', rule: RULES[code] ?? 'must be a record of the table' };
}

function handOver({ rows, problems }: RawTable): RawTable {
  return { rows: rows.splice(0), problems: problems.splice(0) };
}

const isQuoted = (cell: string) => cell.startsWith('"');

/**
 * Of a cell that cannot be read: a quote that only another one some lines below ends, so that what stands between them was
 * meant as records; or quotes within a quoted cell. Not to be asked of the header.
 */
function toQuoteProblem({ line }: RawRow, lastLine: number, broken: string, delimiter: string): RowProblem {
  const isStray = broken.includes('\n') && broken.includes(delimiter);
  const rule = isStray
    ? `a quote that is opened must be closed before its column ends; lines ${line} to ${lastLine} were not taken`
    : 'a quote within a quoted cell must be doubled: ""';
  return { line, column: '', value: broken.slice(0, LONGEST_SHOWN), rule };
}

const UNCLOSED = 'a record must be shorter than 1 MiB; nothing behind it was read: close its quote or break its line';

const RULES: Record<string, string> = {
  CSV_MAX_RECORD_SIZE: UNCLOSED,
  CSV_QUOTE_NOT_CLOSED: 'a quote that is opened must be closed; nothing behind it was read',
  CSV_INVALID_CLOSING_QUOTE: 'behind a closing quote the next column must begin',
};
