import { Decimal } from 'decimal.js';
import type { RawRow } from './raw-table.js';

/** What a cell's number or index stands for. */
export interface WorkbookContext {
  shared: readonly string[];
  isDate(style: number): boolean;
  is1904: boolean;
}

/** Puts rows together from a sheet's XML. */
export interface CellReader {
  open(name: string, attributes: Record<string, string>): void;
  text(text: string): void;
  /** A row, when this was its end. */
  close(name: string): RawRow | null;
}

/** Excel has so many columns; a reference to another is a broken file's. */
const MOST_COLUMNS = 16_384;
/** Excel's own bound is 32,767. */
const MOST_CELL_CHARACTERS = 65_536;
/** Digits that Excel keeps; the file's further ones are noise of binary fractions. */
const DIGITS = 15;
const DAY_MS = 86_400_000;

export function createCellReader(context: WorkbookContext): CellReader {
  let numeric = new Set<number>();
  let row: RawRow = { line: 0, cells: [] };
  let cell = { column: 0, type: '', style: 0 };
  let value = '';
  let isValue = false;
  let width = MOST_COLUMNS;
  return {
    open(name, attributes) {
      if (name === 'row') {
        numeric = new Set();
        row = { line: Number(attributes['r'] ?? row.line + 1), cells: [], numeric };
      } else if (name === 'c') {
        const column = columnOf(attributes['r']) ?? row.cells.length;
        cell = { column, type: attributes['t'] ?? 'n', style: Number(attributes['s'] ?? 0) };
        value = '';
      } else if (name === 'v' || name === 't') isValue = true;
    },
    text(text) {
      if (isValue && value.length < MOST_CELL_CHARACTERS) value += text;
    },
    close(name) {
      if (name === 'v' || name === 't') isValue = false;
      if (name === 'c' && cell.column < MOST_COLUMNS) {
        // Of all cells beyond the header's the first place tells enough; a row of one such cell would be 16,384 long.
        const place = Math.min(cell.column, width);
        while (row.cells.length < place) row.cells.push('');
        row.cells[place] ||= textOf(value, cell, context);
        if (cell.type === 'n') numeric.add(place);
      }
      if (name !== 'row') return null;
      if (width === MOST_COLUMNS && row.cells.some((one) => one !== '')) width = row.cells.length;
      return row;
    },
  };
}

function textOf(value: string, { type, style }: { type: string; style: number }, context: WorkbookContext): string {
  if (type === 's') return context.shared[Number(value)] ?? '';
  if (type === 'b') return value === '1' ? 'TRUE' : 'FALSE';
  if (type !== 'n' || value === '') return value;
  return context.isDate(style) ? dateOf(Number(value), context.is1904) : numberOf(value);
}

function numberOf(value: string): string {
  const plain = value.trim();
  if (!/^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(plain)) return plain;
  const number = new Decimal(plain);
  return Math.abs(number.e) > 30 ? plain : number.toSignificantDigits(DIGITS).toFixed();
}

/** ISO 8601, of a whole day without its time. */
function dateOf(serial: number, is1904: boolean): string {
  const epoch = is1904 ? Date.UTC(1904, 0, 1) : Date.UTC(1899, 11, 30);
  const at = new Date(epoch + Math.round((serial * DAY_MS) / 1000) * 1000);
  if (Number.isNaN(at.getTime())) return String(serial);
  const text = at.toISOString();
  return Number.isInteger(serial) ? text.slice(0, 10) : `${text.slice(0, 19)}Z`;
}

/** From 0: `A1` is 0, `AB7` is 27. */
function columnOf(reference: string | undefined): number | null {
  const letters = /^[A-Z]+/.exec(reference ?? '')?.[0];
  if (!letters) return null;
  return [...letters].reduce((column, letter) => column * 26 + letter.charCodeAt(0) - 64, 0) - 1;
}
