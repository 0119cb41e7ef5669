/** A byte that JSON text never contains: what SQL met has no valid answer, and graphql-js must say the exact error. */
export const UNREPRESENTABLE = '\u0001';

/** A part of the JSON text: constant text, or an SQL expression that is never null. */
export type Piece = string | { sql: string };

/** PostgreSQL functions take at most 100 arguments. */
const MOST_ARGUMENTS = 90;

/** An SQL string constant. */
export function literal(text: string): string {
  const escaped = text.includes(UNREPRESENTABLE) || text.includes('\\');
  const body = text.replaceAll('\\', '\\\\').replaceAll("'", "''").replaceAll(UNREPRESENTABLE, '\\x01');
  return `${escaped ? 'e' : ''}'${body}'`;
}

/** One SQL expression of the pieces' text, one after the other. */
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
    parts.push(piece.sql);
  }
  if (constant !== '' || parts.length === 0) parts.push(literal(constant));
  return grouped(parts);
}

function grouped(parts: readonly string[]): string {
  if (parts.length <= MOST_ARGUMENTS) return `concat(${parts.join(',')})`;
  const groups: string[] = [];
  for (let start = 0; start < parts.length; start += MOST_ARGUMENTS) {
    groups.push(`concat(${parts.slice(start, start + MOST_ARGUMENTS).join(',')})`);
  }
  return grouped(groups);
}

/** Puts commas between members of an object or array. */
export function joined(members: readonly (readonly Piece[])[]): Piece[] {
  return members.flatMap((member, index) => (index === 0 ? member : [',', ...member]));
}
