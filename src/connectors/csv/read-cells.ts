import { type DecimalSign, isAmbiguousDecimal, readDecimal } from '../local-decimals.js';
import type { RowProblem } from '../pull.js';
import type { Columns, FieldOf, Table } from './fields.js';
import type { RawRow } from './raw-table.js';

const LONGEST_SHOWN = 200;
const WHOLE = 'a whole number';

/** How a file writes numbers and dates. */
export interface Notation {
  decimalSign: DecimalSign | null;
  dateOrder: 'DMY' | 'MDY';
}

/** Reads one record's cells; what is wrong is collected, so that a row tells all its problems at once. */
export interface CellsOf<Of extends Table> {
  problems: RowProblem[];
  /** Trimmed; null: empty, or there is no such column. */
  text(field: FieldOf<Of>): string | null;
  /** As `text`; an empty one is a problem. */
  required(field: FieldOf<Of>): string;
  /** Exact decimal text. */
  amount(field: FieldOf<Of>): string | null;
  whole(field: FieldOf<Of>): number | null;
  /** ISO 8601, UTC. */
  instant(field: FieldOf<Of>): string | null;
  /** Reports a problem of a field's value. */
  wrong(field: FieldOf<Of>, rule: string): void;
}

export function cellsOf<Of extends Table>(
  { line, cells }: RawRow,
  columns: Columns<Of>,
  notation: Notation,
): CellsOf<Of> {
  const problems: RowProblem[] = [];
  const raw = (field: FieldOf<Of>) => cells[columns.get(field)?.index ?? -1]?.trim() ?? '';
  const wrong = (field: FieldOf<Of>, rule: string) => {
    const column = columns.get(field)?.header ?? field;
    problems.push({ line, column, value: raw(field).slice(0, LONGEST_SHOWN), rule });
    return null;
  };
  const text = (field: FieldOf<Of>) => {
    const value = raw(field);
    if (/[\0\uFFFD]/.test(value)) return wrong(field, 'characters that the file’s encoding has: set the encoding');
    return value === '' ? null : value;
  };
  const decimal = (field: FieldOf<Of>, rule: string) => {
    const value = raw(field);
    return value === '' ? null : decimalOf(value, notation, rule, (broken) => wrong(field, broken));
  };
  return {
    problems,
    text,
    required: (field) => text(field) ?? (raw(field) === '' ? wrong(field, 'must not be empty') : null) ?? '',
    amount: (field) => decimal(field, 'a number'),
    whole(field) {
      const value = decimal(field, WHOLE);
      if (value === null) return null;
      return /^-?\d{1,9}(\.0+)?$/.test(value) ? Number(value) : wrong(field, WHOLE);
    },
    instant: (field) => {
      const value = raw(field);
      return value === ''
        ? null
        : (instantOf(value, notation.dateOrder) ?? wrong(field, 'a date such as 2026-02-15 or 15.02.2026 10:30'));
    },
    wrong: (field, rule) => void wrong(field, rule),
  };
}

/** `wrong` is told which rule a value breaks. */
function decimalOf(
  value: string,
  { decimalSign }: Notation,
  rule: string,
  wrong: (rule: string) => null,
): string | null {
  if (decimalSign === null && isAmbiguousDecimal(value))
    return wrong(`${rule} that means one thing only: set the decimal sign`);
  const byEither = decimalSign === null ? readDecimal(value, ',') : null;
  return readDecimal(value, decimalSign ?? '.') ?? byEither ?? wrong(rule);
}

const ISO = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?\s?(Z|[+-]\d\d:?\d\d)?)?$/;
const LOCAL = /^(\d{1,2})[./-](\d{1,2})[./-](\d{4})(?:[ T]+(\d{1,2}):(\d\d)(?::(\d\d))?)?$/;

/** A time without its zone is one of UTC. */
function instantOf(text: string, order: 'DMY' | 'MDY'): string | null {
  if (ISO.test(text)) {
    const isZoned = /(Z|[+-]\d\d:?\d\d)$/.test(text.slice(10));
    return validInstant(`${text.replace(' ', 'T').replace(' ', '')}${text.length === 10 || isZoned ? '' : 'Z'}`);
  }
  const parts = LOCAL.exec(text);
  if (!parts) return null;
  const [, first = '', second = '', year, hour = '0', minute = '00', seconds = '00'] = parts;
  const [day, month] = order === 'DMY' ? [first, second] : [second, first];
  const date = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  return validInstant(`${date}T${hour.padStart(2, '0')}:${minute}:${seconds}Z`);
}

/** Null for the 31st of February, which JavaScript would move on. */
function validInstant(text: string): string | null {
  const at = new Date(text);
  if (Number.isNaN(at.getTime())) return null;
  const shown = at.toISOString();
  return /[+-]\d\d:?\d\d$/.test(text.slice(10)) || shown.startsWith(text.slice(0, 10)) ? shown : null;
}
