import { type CodePage, encodeText } from './code-pages.js';

/** How exports are written. */
export interface ExportDialect {
  delimiter: string;
  encoding: CodePage;
  byteOrderMark: boolean;
}

/** What a spreadsheet would take for a formula. */
const FORMULA = /^[=+\-@\t\r]/;
const NUMBER = /^[+-]?\d+([.,]\d+)?$/;

/** A table by RFC 4180, as bytes. Cells that a spreadsheet would run get an apostrophe in front; plain numbers do not. */
export function writeTable(
  rows: readonly (readonly (string | null)[])[],
  { delimiter, encoding, byteOrderMark }: ExportDialect,
): Buffer {
  const text = rows.map((row) => `${row.map((cell) => writeCell(cell ?? '', delimiter)).join(delimiter)}\r\n`).join('');
  const isMarked = byteOrderMark && encoding.startsWith('utf-');
  return encodeText(isMarked ? `\uFEFF${text}` : text, encoding);
}

function writeCell(value: string, delimiter: string): string {
  const plain = value.replaceAll('\0', '');
  const safe = FORMULA.test(plain) && !NUMBER.test(plain) ? `'${plain}` : plain;
  const needsQuotes = safe.includes(delimiter) || /["\r\n]|^\s|\s$/.test(safe);
  return needsQuotes ? `"${safe.replaceAll('"', '""')}"` : safe;
}
