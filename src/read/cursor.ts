import { GraphQLError } from 'graphql';
import type { Column } from './nouns.js';
import { literal } from './sql-text.js';
import { checkValue } from './values.js';

/** SQL of what a row's cursor says: the order's name and the row's sort values as PostgreSQL prints them. */
export function cursorText(order: string, keys: readonly Column[], row: string): string {
  return [literal(`${order}|`), keys.map((key) => `${row}.${key.sql}::text`).join(`||'|'||`)].join('||');
}

/** SQL of the JSON text of a cursor that says `text`: in hex, which PostgreSQL writes in a third of the time of base64. */
export function cursorSql(text: string): string {
  return `'"'||encode(convert_to(${text},'UTF8'),'hex')||'"'`;
}

/** The sort values in a cursor, as many as there are keys. @throws GraphQLError CURSOR_INVALID */
export function readCursor(cursor: string, order: string, keys: readonly Column[]): string[] {
  const text = Buffer.from(cursor, 'hex').toString('utf8');
  const values = text.startsWith(`${order}|`) ? splitKeys(text.slice(order.length + 1), keys.length) : [];
  if (values.length !== keys.length) throw cursorInvalid();
  keys.forEach((key, index) => {
    try {
      checkValue('cursor', key.type, values[index]);
    } catch {
      throw cursorInvalid();
    }
  });
  return values;
}

/** The identity stands last and contains no bar; the first sort value may. */
function splitKeys(text: string, count: number): string[] {
  if (count === 1) return [text];
  const bar = text.lastIndexOf('|');
  return bar < 0 ? [] : [text.slice(0, bar), text.slice(bar + 1)];
}

function cursorInvalid(): GraphQLError {
  return new GraphQLError('The cursor does not belong to this list and order: start again without it.', {
    extensions: { code: 'CURSOR_INVALID' },
  });
}
