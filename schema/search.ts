import type { FilterRule } from '../src/read/rules.js';

/** The text of a row that is searched, as the indexes `…_search` have it. Null is no text. */
export const textOf = (row: string, ...columns: readonly string[]): string =>
  `lower(${columns.map((column) => `coalesce(${row}.${column},'')`).join(`||e'\\n'||`)})`;

/**
 * Finds rows by a part of their texts, in lower case. Each arm is SQL of a select that answers ids, given the SQL of a
 * pattern for `like`; they are read first and whole, so that each uses its index, whatever else is asked for.
 */
export const searchBy =
  (...arms: readonly ((pattern: string) => string)[]): FilterRule =>
  (row, arg) =>
    `${row}.id = any(array(${arms.map((arm) => arm(patternOf(arg('search', 'text') ?? 'null'))).join(' union all ')}))`;

/** Contains the text, whose own `%`, `_` and `\` stand for themselves. */
function patternOf(text: string): string {
  const escaped = ['\\', '%', '_'].reduce((sql, sign) => `replace(${sql},'${sign}','\\${sign}')`, `lower(${text})`);
  return `'%'||${escaped}||'%'`;
}
