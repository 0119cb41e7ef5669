/**
 * Codes that a database with Turkish collation takes for one: without regard to case, where `i` and `İ` are one letter and
 * `ı` and `I` another.
 */
export function foldTurkish(code: string): string {
  return code.normalize('NFC').trim().toLocaleUpperCase('tr');
}
