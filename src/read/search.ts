import type { Noun } from './nouns.js';
import { newAlias, type Planning, whereAll } from './planning.js';
import type { SearchRule } from './rules.js';
import { columnsIn } from './sql-text.js';

/** A search for rows (alias `row`) whose own text, or that of a row that they refer to, contains another text. */
export interface Search {
  row: string;
  /** Condition on the row's own text. */
  own: string;
  related: Related | null;
}

interface Related {
  /** Joins the rows to those that they refer to: `customers t2 join orders t1 on …`. */
  from: string;
  /** The same from a row: `customers t2 where …`. */
  ofRow: string;
  /** Condition on the other row's text. */
  text: string;
}

/** `text`: SQL of what is searched for. */
export function searchFor(planning: Planning, noun: Noun, rule: SearchRule, row: string, text: string): Search {
  const pattern = patternOf(text);
  const own = `${textOf(row, rule.own)} like ${pattern}`;
  if (!rule.related) return { row, own, related: null };
  const { table, key, texts } = rule.related;
  const other = newAlias(planning);
  const same = `${row}.${key} = ${other}.id`;
  const from = `${table} ${other} join ${noun.table} ${row} on ${same}`;
  return {
    row,
    own,
    related: { from, ofRow: `${table} ${other} where ${same}`, text: `${textOf(other, texts)} like ${pattern}` },
  };
}

/** Whether one row is found; by a scalar, which PostgreSQL asks for each row, while it may read all rows first for `exists`. */
export function isFound({ own, related }: Search): string {
  return related ? `(${own} or coalesce((select ${related.text} from ${related.ofRow}),false))` : own;
}

/** How many rows are found. */
export function countFound(search: Search, noun: Noun, conditions: readonly string[]): string {
  const counts = armsOf(search, noun).map(
    ({ from, where }) => `(select count(*) from ${from}${whereAll([...conditions, where])})`,
  );
  return `(${counts.join('+')})`;
}

/** Where every row that is found stands once: each of these has an index of trigrams. */
function armsOf({ row, own, related }: Search, noun: Noun): { from: string; where: string }[] {
  const arms = [{ from: `${noun.table} ${row}`, where: own }];
  if (related) arms.push({ from: related.from, where: `${related.text} and not ${own}` });
  return arms;
}

/** A page of a list, while its rows are looked for. */
export interface PageRows {
  noun: Noun;
  /** Those of a row that are read. */
  columns: readonly string[];
  /** Which rows there are, and where the page begins: an index in the list's order answers it. */
  limits: readonly string[];
  conditions: readonly string[];
  /** `order by …` of the rows, and `limit …`. */
  sorted: string;
  size: number;
  /** An index has the list's order. */
  isWalkable: boolean;
}

/** Rows that are tried in the list's order before the indexes are asked for all that is found. */
const WALKED = 500;

/**
 * SQL of a page's rows. What many rows contain is found within the first few of the list; what these do not fill a page of
 * is found by its trigrams, which costs by the number of rows found, and is only then run.
 */
export function searchPage(search: Search, page: PageRows): string {
  const { row } = search;
  const found = searchArms(search, page);
  if (!page.isWalkable) return found;
  const { noun, limits, sorted, size } = page;
  const [walked, near] = [`${row}w`, `${row}n`];
  const columns = columnsOf(page, row);
  const tried = whereAll([...page.conditions, isFound(search)]);
  const read = columnsIn([columns, tried, sorted].join(' '), row).map((column) => `${row}.${column}`);
  const isShort = `(select count(*) from ${near})<${size} and (select count(*) from ${walked})=${WALKED}`;
  return (
    `(with ${walked} as materialized (select ${read} from ${noun.table} ${row}${whereAll(limits)} ${sorted} limit ${WALKED}),` +
    `${near} as materialized (select ${columns} from ${walked} ${row}${tried} ${sorted} limit ${size})` +
    ` select ${columns} from ${near} ${row} where not (${isShort})` +
    ` union all select ${columns} from ${found} ${row} where ${isShort})`
  );
}

/** `offset 0` has each arm found by its own index: PostgreSQL guesses wrongly how many rows contain a text. */
function searchArms(search: Search, page: PageRows): string {
  const { noun, limits, conditions, sorted, size } = page;
  const { row } = search;
  const columns = columnsOf(page, row);
  const arms = armsOf(search, noun).map(({ from, where }) => {
    const rows = `(select ${columns} from ${from}${whereAll([...limits, ...conditions, where])} offset 0)`;
    return `(select ${columns} from ${rows} ${row} ${sorted} limit ${size})`;
  });
  return `(${arms.join(' union all ')})`;
}

function columnsOf({ columns }: PageRows, row: string): string {
  return columns
    .filter((column) => column !== 'rn')
    .map((column) => `${row}.${column}`)
    .join(',');
}

/** The text of a row that is searched, as the indexes `…_search` have it. Null is no text. */
function textOf(row: string, columns: readonly string[]): string {
  return `lower(${columns.map((column) => `coalesce(${row}.${column},'')`).join(`||e'\\n'||`)})`;
}

/** Contains the text, whose own `%`, `_` and `\` stand for themselves. */
function patternOf(text: string): string {
  const escaped = ['\\', '%', '_'].reduce((sql, sign) => `replace(${sql},'${sign}','\\${sign}')`, `lower(${text})`);
  return `'%'||${escaped}||'%'`;
}
