import { type GraphQLOutputType, getNamedType, getNullableType, isEnumType, isListType, isNonNullType } from 'graphql';
import type { Column } from './nouns.js';
import { literal, type Piece, UNREPRESENTABLE } from './sql-text.js';

/** `pass`: the text goes to the socket as it is. `feed`: graphql-js completes it, and finds the exact errors. */
export type Tail = 'pass' | 'feed';

/** JSON text of one value. `value` is SQL of the column's type. */
export function leaf(type: GraphQLOutputType, column: Column, value: string, tail: Tail): Piece {
  const text = leafText(type, column, value, tail);
  if (!column.nullable && !text.mayBeNull) return { sql: text.sql };
  return { sql: `coalesce(${text.sql},${absent(type, tail)})` };
}

/** What stands for null: null itself, or the mark where the schema promises a value. */
export function absent(type: GraphQLOutputType, tail: Tail): string {
  return literal(isNonNullType(type) && tail === 'pass' ? UNREPRESENTABLE : 'null');
}

interface LeafText {
  /** Text, null exactly where the value is null or `mayBeNull` says so. */
  sql: string;
  mayBeNull?: boolean;
}

function leafText(type: GraphQLOutputType, column: Column, value: string, tail: Tail): LeafText {
  const named = getNamedType(type);
  if (isListType(getNullableType(type))) return { sql: listText(value, tail) };
  if (column.type === 'jsonb') return { sql: documentText(value, tail), mayBeNull: true };
  if (isEnumType(named)) {
    const names = named.getValues().map((known) => literal(known.name));
    if (tail === 'feed') return { sql: `json_scalar(${value})::text` };
    return {
      sql: `case when ${value} in (${names.join(',')}) then '"'||${value}||'"' when ${value} is not null then ${literal(UNREPRESENTABLE)} end`,
    };
  }
  if (named.name === 'DateTime') return { sql: `replace(json_scalar(${value})::text,'+00:00"','Z"')` };
  if (named.name === 'Int' || named.name === 'Boolean') return { sql: `${value}::text` };
  if (named.name === 'Float') return { sql: finiteText(column, value, tail) };
  if (column.type === 'numeric' || column.type === 'bigint') return { sql: `'"'||${value}||'"'` };
  return { sql: `json_scalar(${value})::text` };
}

/** For graphql-js as text within text: a number in it may not fit a double, and is parsed apart from the rest. */
function documentText(value: string, tail: Tail): string {
  const text = `nullif(${value}::text,'null')`;
  return tail === 'feed' ? `json_scalar(${text})::text` : text;
}

/** Lists are arrays whose elements are never null, as the schema promises. */
function listText(value: string, tail: Tail): string {
  if (tail === 'feed') return `to_json(${value})::text`;
  return `case when array_position(${value},null) is null then to_json(${value})::text else ${literal(UNREPRESENTABLE)} end`;
}

/** JSON has no NaN and no infinity. */
function finiteText(column: Column, value: string, tail: Tail): string {
  if (column.type !== 'float8' && column.type !== 'numeric') return `${value}::text`;
  const mark = literal(tail === 'pass' ? UNREPRESENTABLE : 'null');
  return `case when ${value} in ('NaN','Infinity','-Infinity') then ${mark} else ${value}::float8::text end`;
}
