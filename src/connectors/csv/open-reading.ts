import { stat } from 'node:fs/promises';
import { HubError } from '../../errors.js';
import { findColumns, REQUIRED, type Table } from './fields.js';
import { hintsOf } from './hints-of.js';
import { type OpenTable, openTable } from './open-table.js';
import type { Reading } from './read-items.js';
import type { CsvSettings } from './settings.js';
import { type ByteSurvey, surveyBytes } from './survey-file.js';

const LONGEST_SHOWN = 200;

/** A file, and as which table it is to be read. */
export interface WantedReading<Of extends Table> {
  path: string;
  /** Of the bytes that were accepted; undefined: whatever is there. */
  contentHash: string | undefined;
  table: Of;
  settings: CsvSettings;
  /** Fields that field mappings write, so that no column is needed for them. */
  mapped: ReadonlySet<string>;
  signal: AbortSignal;
}

const REPLACED = new HubError(
  'INVALID_SHAPE',
  'The file was replaced or written to while it was taken: hand it over again under another name.',
);

/** The table, which fails at its end when the file is not what it was at the beginning. */
function unchanged(path: string, bytes: ByteSurvey, table: OpenTable): OpenTable {
  async function* read(signal: AbortSignal) {
    yield* table.read(signal);
    const { size, mtime } = await stat(path);
    if (size !== bytes.sizeBytes || mtime.getTime() !== bytes.modifiedAt.getTime()) throw REPLACED;
  }
  return { ...table, read };
}

/** @throws HubError INVALID_SHAPE for a file that was replaced, or without a column that is needed */
export async function openReading<Of extends Table>(
  wanted: WantedReading<Of>,
): Promise<Reading<Of> & { writtenAt: Date }> {
  const { path, contentHash, table: of, settings, mapped, signal } = wanted;
  const bytes = await surveyBytes(path);
  if (contentHash !== undefined && contentHash !== bytes.contentHash) throw REPLACED;
  const table = unchanged(path, bytes, await openSurveyed(path, bytes, settings));
  const columns = findColumns(of, table.header, settings.columns[of]);
  const missing = REQUIRED[of].filter((field) => !(columns as Map<string, unknown>).has(field) && !mapped.has(field));
  if (missing.length > 0) {
    const wanted = missing.join(', ');
    const hints = hintsOf(of, table.header, columns).map((hint) => ` ${hint}.`);
    const first = `The first line has: ${table.header.join(', ').slice(0, LONGEST_SHOWN)}.`;
    throw new HubError(
      'INVALID_SHAPE',
      `The header has no column for ${wanted}: name it in the setting columns.${of}, or in the file, or write it by a field mapping. ${first}${hints.join('')}`,
    );
  }
  const notation = { decimalSign: table.decimalSign, dateOrder: settings.dateOrder };
  return {
    table,
    columns,
    notation,
    defaultCurrency: settings.defaultCurrency ?? null,
    mapped,
    signal,
    writtenAt: bytes.modifiedAt,
  };
}

/** A file whose bytes are known, read as what they or the settings say they are. */
export function openSurveyed(path: string, bytes: ByteSurvey, settings: CsvSettings): Promise<OpenTable> {
  return openTable(path, settings.encoding === 'auto' ? bytes.encoding : settings.encoding, settings);
}
