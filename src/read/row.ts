import { type FieldNode, type GraphQLObjectType, getNamedType } from 'graphql';
import { writeConnection } from './connection.js';
import { absent, leaf } from './leaf.js';
import { writeObject } from './members.js';
import type { Noun, Relation } from './nouns.js';
import {
  type Field,
  isConnectionType,
  limitedBy,
  newAlias,
  nounOf,
  objectTypeOf,
  type Planning,
  ruleOf,
  subfields,
  visible,
  whereAll,
} from './planning.js';
import { accessOf } from './rights.js';
import { rowOrder } from './sort.js';
import { concat, type Piece } from './sql-text.js';

/** Writes a noun's row as a JSON object. For graphql-js, `$type` names the noun and `$property` what resolvers need. */
export function writeRow(
  planning: Planning,
  type: GraphQLObjectType,
  nodes: readonly FieldNode[],
  row: string,
): Piece[] {
  const noun = nounOf(planning, type);
  const fields = subfields(planning, type, nodes);
  const extra =
    planning.answerAs === 'root'
      ? [[`"$type":"${type.name}"`], ...neededColumns(type, fields.values(), noun, row)]
      : [];
  return writeObject(planning, type, fields, (field, of) => writeField(planning, noun, field, of, row), extra);
}

function neededColumns(
  type: GraphQLObjectType,
  selected: Iterable<readonly FieldNode[]>,
  noun: Noun,
  row: string,
): Piece[][] {
  const needed = new Set<string>();
  for (const [node] of selected) {
    const field = node && type.getFields()[node.name.value];
    for (const name of (field && ruleOf(field).needs) ?? []) needed.add(name);
  }
  return [...needed].map((name) => {
    const column = noun.columns[name];
    if (!column) throw new Error(`${noun.name} has no column for the needed property ${name}`);
    return [`"$${name}":`, { sql: `coalesce(to_json(${row}.${column.sql})::text,'null')` }];
  });
}

function writeField(
  planning: Planning,
  noun: Noun,
  field: Field,
  nodes: readonly FieldNode[],
  row: string,
): Piece[] | null {
  const piece = writeValue(planning, noun, field, nodes, row);
  const rule = accessOf(field);
  return piece && planning.bound && rule ? [{ sql: limitedBy(planning, rule, noun, row, concat(piece)) }] : piece;
}

function writeValue(
  planning: Planning,
  noun: Noun,
  field: Field,
  nodes: readonly FieldNode[],
  row: string,
): Piece[] | null {
  const rule = ruleOf(field);
  const name = rule.property ?? field.name;
  if (rule.needs || rule.js) return null;
  if (rule.expression) {
    const { sql, type, nullable } = rule.expression;
    return [leaf(field.type, { sql: '', type, nullable: nullable ?? false }, sql(row), planning.answerAs)];
  }
  const column = noun.columns[name];
  if (column) return [leaf(field.type, column, `${row}.${column.sql}`, planning.answerAs)];
  if (noun.embedded[name]) return writeEmbedded(planning, noun, name, field, nodes, row);
  return writeRelated(planning, noun.relations[name], field, nodes, row);
}

function writeEmbedded(
  planning: Planning,
  noun: Noun,
  name: string,
  field: Field,
  nodes: readonly FieldNode[],
  row: string,
): Piece[] {
  const { columns, presence } = noun.embedded[name] as Noun['embedded'][string];
  const type = objectTypeOf(field.type);
  const object = writeObject(planning, type, subfields(planning, type, nodes), (inner) => {
    const column = columns[inner.name];
    return column ? [leaf(inner.type, column, `${row}.${column.sql}`, planning.answerAs)] : null;
  });
  if (presence === null) return object;
  return [
    {
      sql: `case when ${row}.${presence} is null then ${absent(field.type, planning.answerAs)} else ${concat(object)} end`,
    },
  ];
}

function writeRelated(
  planning: Planning,
  relation: Relation | undefined,
  field: Field,
  nodes: readonly FieldNode[],
  row: string,
): Piece[] | null {
  const rule = ruleOf(field).relation;
  if (!relation && !rule) return null;
  const join = (other: string) =>
    rule ? rule.on(row, other) : `${other}.${relation?.remote} = ${row}.${relation?.local}`;
  if (isConnectionType(getNamedType(field.type))) return writeConnection(planning, field, nodes, { join });
  const type = objectTypeOf(field.type);
  const noun = nounOf(planning, type);
  const other = newAlias(planning);
  const object = concat(planning.writeRow(type, nodes, other));
  const from = `from ${noun.table} ${other}${whereAll([join(other), ...visible(planning, noun, other)])}`;
  if (!isList(field)) return [{ sql: `coalesce((select ${object} ${from}),${absent(field.type, planning.answerAs)})` }];
  return [
    '[',
    {
      sql: `(select coalesce(string_agg(${object},',' order by ${rowOrder(noun, relation?.order ?? [], other)}),'') ${from})`,
    },
    ']',
  ];
}

function isList(field: Field): boolean {
  return String(field.type).startsWith('[');
}
