/** A byte that JSON text never contains: what SQL met has no valid answer, and graphql-js must say the exact error. */
export const UNREPRESENTABLE = '\u0001';

/** A part of the JSON text: constant text, or an SQL expression that is never null. */
export type Piece = string | { sql: string };

/** An SQL string constant. */
export function literal(text: string): string {
  const escaped = text.includes(UNREPRESENTABLE) || text.includes('\\');
  const body = text.replaceAll('\\', '\\\\').replaceAll("'", "''").replaceAll(UNREPRESENTABLE, '\\x01');
  return `${escaped ? 'e' : ''}'${body}'`;
}

/**
 * One SQL expression of the pieces' text, one after the other. By `||`, which takes half of the time of `concat`, as a tree
 * of little depth, so that long texts are not copied once for every piece.
 */
export function concat(pieces: readonly Piece[]): string {
  const parts: string[] = [];
  let constant = '';
  for (const piece of pieces) {
    if (typeof piece === 'string') {
      constant += piece;
      continue;
    }
    if (constant !== '') parts.push(literal(constant));
    constant = '';
    parts.push(`(${piece.sql})::text`);
  }
  if (constant !== '' || parts.length === 0) parts.push(`${literal(constant)}::text`);
  return tree(parts);
}

function tree(parts: readonly string[]): string {
  if (parts.length <= 2) return `(${parts.join('||')})`;
  const middle = parts.length >> 1;
  return `(${tree(parts.slice(0, middle))}||${tree(parts.slice(middle))})`;
}

/** Puts commas between members of an object or array. */
export function joined(members: readonly (readonly Piece[])[]): Piece[] {
  return members.flatMap((member, index) => (index === 0 ? member : [',', ...member]));
}

/** The columns of a row's alias that SQL names, each once. */
export function columnsIn(sql: string, row: string): string[] {
  const names = new RegExp(`(?<![\\w.'"])${row}\\.("(?:[^"]|"")+"|\\w+)`, 'g');
  return [...new Set(Array.from(sql.matchAll(names), ([, name]) => String(name)))];
}
