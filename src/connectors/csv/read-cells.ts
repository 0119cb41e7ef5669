import { readInstant } from '../../model/read-instant.js';
import type { RowProblem } from '../pull.js';
import { type DecimalSign, isAmbiguousDecimal, readDecimal } from '../text/local-decimals.js';
import type { Columns, FieldOf, Table } from './fields.js';
import type { RawRow } from './raw-table.js';

const LONGEST_SHOWN = 200;
const WHOLE = 'a whole number';
const UNREADABLE = /[\0\uFFFD]/;

/** How a file writes numbers and dates. */
export interface Notation {
  decimalSign: DecimalSign | null;
  dateOrder: 'DMY' | 'MDY';
}

/** Reads one record's cells; what is wrong is collected, so that a row tells all its problems at once. */
export class Cells<Of extends Table> {
  readonly problems: RowProblem[] = [];

  constructor(
    private readonly row: RawRow,
    private readonly columns: Columns<Of>,
    private readonly notation: Notation,
    /** Fields that rules write: nothing is wrong with whatever stands for them. */
    private readonly mapped: ReadonlySet<string> = new Set(),
  ) {}

  /** Trimmed; null: empty, or there is no such column. */
  text(field: FieldOf<Of>): string | null {
    const value = this.raw(field);
    if (UNREADABLE.test(value)) return this.wrong(field, 'characters that the file’s encoding has: set the encoding');
    return value === '' ? null : value;
  }

  /** As `text`; an empty one is a problem. */
  required(field: FieldOf<Of>): string {
    const text = this.text(field);
    if (text === null && this.raw(field) === '') this.wrong(field, 'must not be empty');
    return text ?? '';
  }

  /** Exact decimal text. */
  amount(field: FieldOf<Of>): string | null {
    return this.decimal(field, 'a number');
  }

  whole(field: FieldOf<Of>): number | null {
    const value = this.decimal(field, WHOLE);
    if (value === null) return null;
    return /^-?\d{1,9}(\.0+)?$/.test(value) ? Number(value) : this.wrong(field, WHOLE);
  }

  /** ISO 8601, UTC. */
  instant(field: FieldOf<Of>): string | null {
    const value = this.raw(field);
    if (value === '') return null;
    return (
      instantOf(value, this.notation.dateOrder) ?? this.wrong(field, 'a date such as 2026-02-15 or 15.02.2026 10:30')
    );
  }

  /** Reports a problem of a field's value. */
  wrong(field: FieldOf<Of>, rule: string): null {
    if (this.mapped.has(field)) return null;
    const column = this.columns.get(field)?.header ?? field;
    this.problems.push({ line: this.row.line, column, value: this.raw(field).slice(0, LONGEST_SHOWN), rule });
    return null;
  }

  private raw(field: FieldOf<Of>): string {
    const column = this.columns.get(field);
    return (column && this.row.cells[column.index]?.trim()) ?? '';
  }

  private decimal(field: FieldOf<Of>, rule: string): string | null {
    const value = this.raw(field);
    const { index = -1 } = this.columns.get(field) ?? {};
    const notation = this.row.numeric?.has(index) ? { decimalSign: '.' as const } : this.notation;
    return value === '' ? null : decimalOf(value, notation, rule, (broken) => this.wrong(field, broken));
  }
}

/** `wrong` is told which rule a value breaks. */
function decimalOf(
  value: string,
  { decimalSign }: Pick<Notation, 'decimalSign'>,
  rule: string,
  wrong: (rule: string) => null,
): string | null {
  if (decimalSign === null && isAmbiguousDecimal(value))
    return wrong(`${rule} that means one thing only: set the decimal sign`);
  const byEither = decimalSign === null ? readDecimal(value, ',') : null;
  return readDecimal(value, decimalSign ?? '.') ?? byEither ?? wrong(rule);
}

const LOCAL = /^(\d{1,2})[./-](\d{1,2})[./-](\d{4})(?:[ T]+(\d{1,2}):(\d\d)(?::(\d\d))?)?$/;

/** A time without its zone is one of UTC. */
function instantOf(text: string, order: 'DMY' | 'MDY'): string | null {
  const parts = LOCAL.exec(text);
  if (!parts) return readInstant(text);
  const [, first = '', second = '', year, hour = '0', minute = '00', seconds = '00'] = parts;
  const [day, month] = order === 'DMY' ? [first, second] : [second, first];
  const date = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  return readInstant(`${date}T${hour.padStart(2, '0')}:${minute}:${seconds}Z`);
}
