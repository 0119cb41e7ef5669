import { type GraphQLOutputType, getNamedType, getNullableType, isEnumType, isListType, isNonNullType } from 'graphql';
import type { Column } from './nouns.js';
import { literal, type Piece, UNREPRESENTABLE } from './sql-text.js';

/** `text`: it goes to the socket as it is. `root`: graphql-js completes it, and finds the exact errors. */
export type AnswerAs = 'text' | 'root';

/** JSON text of one value. `value` is SQL of the column's type. */
export function leaf(type: GraphQLOutputType, column: Column, value: string, answerAs: AnswerAs): Piece {
  const text = leafText(type, column, value, answerAs);
  if (!column.nullable && !text.mayBeNull) return { sql: text.sql };
  return { sql: `coalesce(${text.sql},${absent(type, answerAs)})` };
}

/** What stands for null: null itself, or the mark where the schema promises a value. */
export function absent(type: GraphQLOutputType, answerAs: AnswerAs): string {
  return literal(isNonNullType(type) && answerAs === 'text' ? UNREPRESENTABLE : 'null');
}

interface LeafText {
  /** Text, null exactly where the value is null or `mayBeNull` says so. */
  sql: string;
  mayBeNull?: boolean;
}

function leafText(type: GraphQLOutputType, column: Column, value: string, answerAs: AnswerAs): LeafText {
  const named = getNamedType(type);
  if (isListType(getNullableType(type))) return { sql: listText(value, answerAs) };
  if (column.type === 'jsonb') return { sql: documentText(value, answerAs), mayBeNull: true };
  if (isEnumType(named)) {
    const names = named.getValues().map((known) => literal(known.name));
    if (answerAs === 'root') return { sql: `json_scalar(${value})::text` };
    return {
      sql: `case when ${value} in (${names.join(',')}) then '"'||${value}||'"' when ${value} is not null then ${literal(UNREPRESENTABLE)} end`,
    };
  }
  if (named.name === 'DateTime') return { sql: `replace(json_scalar(${value})::text,'+00:00"','Z"')` };
  if (named.name === 'Int' || named.name === 'Boolean') return { sql: `${value}::text` };
  if (named.name === 'Float') return { sql: finiteText(column, value, answerAs) };
  if (column.type === 'numeric' || column.type === 'bigint') return { sql: `'"'||${value}||'"'` };
  return { sql: `json_scalar(${value})::text` };
}

/** For graphql-js as text within text: a number in it may not fit a double, and is parsed apart from the rest. */
function documentText(value: string, answerAs: AnswerAs): string {
  const text = `nullif(${value}::text,'null')`;
  return answerAs === 'root' ? `json_scalar(${text})::text` : text;
}

/** Lists are arrays whose elements are never null, as the schema promises. */
function listText(value: string, answerAs: AnswerAs): string {
  if (answerAs === 'root') return `to_json(${value})::text`;
  return `case when array_position(${value},null) is null then to_json(${value})::text else ${literal(UNREPRESENTABLE)} end`;
}

/** JSON has no NaN and no infinity. */
function finiteText(column: Column, value: string, answerAs: AnswerAs): string {
  if (column.type !== 'float8' && column.type !== 'numeric') return `${value}::text`;
  const mark = literal(answerAs === 'text' ? UNREPRESENTABLE : 'null');
  return `case when ${value} in ('NaN','Infinity','-Infinity') then ${mark} else ${value}::float8::text end`;
}
