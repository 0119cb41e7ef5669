import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { type CsvError, type Info, type Options, Parser, parse } from 'csv-parse';
import type { CodePage } from '../code-pages.js';
import type { RowProblem } from '../pull.js';
import type { RawRow, RawTable } from './raw-table.js';

const SAMPLE_BYTES = 64 * 1024;
/** A quote that is never closed must not swallow the file into memory. */
const MOST_RECORD_CHARACTERS = 1024 * 1024;
const CHUNK_BYTES = 64 * 1024;
const ROWS_A_BATCH = 1000;

/** How a text file is to be read. */
export interface Dialect {
  encoding: CodePage;
  delimiter: string;
  /** `sep=;` stands in the first line. */
  isDeclared: boolean;
}

/** The beginning of a file as text, cut at a line's end where there is one. */
export async function readSample(path: string, encoding: CodePage): Promise<string> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(SAMPLE_BYTES), 0, SAMPLE_BYTES, 0);
    const text = new TextDecoder(encoding).decode(buffer.subarray(0, bytesRead), { stream: true });
    const end = Math.max(text.lastIndexOf('\n'), text.lastIndexOf('\r'));
    return bytesRead < SAMPLE_BYTES || end < 0 ? text : text.slice(0, end + 1);
  } finally {
    await file.close();
  }
}

/** The first records of a text. */
export async function readHead(sample: string, dialect: Dialect): Promise<string[][]> {
  const records: string[][] = [];
  const parser = parse(
    sample,
    optionsOf(dialect, () => {}),
  );
  for await (const { cells } of parser as AsyncIterable<RawRow>) records.push(cells);
  return records;
}

/** Streams a delimited text file; what cannot be read as a record is a problem, and the rest goes on. */
export async function* readDelimited(path: string, dialect: Dialect, signal: AbortSignal): AsyncGenerator<RawTable> {
  let problems: RowProblem[] = [];
  let isLost = false;
  const parser = new Parser(
    optionsOf(dialect, (problem) => {
      problems.push(problem);
      isLost ||= problem.rule === UNCLOSED;
    }),
  );
  const decoder = new TextDecoder(dialect.encoding);
  const source = createReadStream(path, { highWaterMark: CHUNK_BYTES });
  const decode = async function* (chunks: AsyncIterable<Buffer>) {
    for await (const chunk of chunks) yield decoder.decode(chunk, { stream: true });
    yield decoder.decode();
  };
  const piped = pipeline(source, decode, parser, { signal });
  // Whoever iterates sees the error.
  piped.catch(() => {});
  let rows: RawRow[] = [];
  for await (const row of parser as AsyncIterable<RawRow>) {
    rows.push(row);
    if (isLost) break;
    if (rows.length < ROWS_A_BATCH) continue;
    yield { rows, problems };
    rows = [];
    problems = [];
  }
  yield { rows, problems };
}

function optionsOf({ delimiter, isDeclared }: Dialect, onProblem: (problem: RowProblem) => void): Options {
  let lastLine = 0;
  return {
    delimiter,
    from_line: isDeclared ? 2 : 1,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    max_record_size: MOST_RECORD_CHARACTERS,
    on_skip: (error: CsvError | undefined) => error && onProblem(toProblem(error)),
    on_record: (cells: string[], { lines }: Info): RawRow => {
      const line = lastLine + 1;
      lastLine = lines;
      return { line, cells };
    },
  } as unknown as Options;
}

function toProblem(error: CsvError): RowProblem {
  const { code, lines } = error as unknown as { code: string; lines: number };
  const rule = RULES[code] ?? 'must be a record of the table';
  return { line: lines, column: '', value: '', rule };
}

/** The parser cannot find its way back into the file. */
const UNCLOSED = 'a record must be shorter than 1 MiB; nothing behind it was read: close the quote';

const RULES: Record<string, string> = {
  CSV_MAX_RECORD_SIZE: UNCLOSED,
  CSV_QUOTE_NOT_CLOSED: 'a quote that is opened must be closed',
  CSV_INVALID_CLOSING_QUOTE: 'behind a closing quote the next column must begin',
};
