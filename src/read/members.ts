import type { FieldNode, GraphQLObjectType } from 'graphql';
import { type Field, type Fields, type Planning, ruleOf } from './planning.js';
import { rightFor } from './rights.js';
import { joined, type Piece } from './sql-text.js';

/** JSON text of one field's value; null where SQL does not answer it. */
export type WriteField = (field: Field, nodes: readonly FieldNode[]) => Piece[] | null;

/**
 * Writes an object's selected fields as `{"key":value,…}` and notes rights and holes on the way.
 * `extra` are members that resolvers need and clients do not see.
 */
export function writeObject(
  planning: Planning,
  type: GraphQLObjectType,
  fields: Fields,
  write: WriteField,
  extra: readonly Piece[][] = [],
): Piece[] {
  const members = [...extra];
  for (const [key, nodes] of fields) {
    const value = writeMember(planning, type, nodes, write);
    if (value) members.push([`"${key}":`, ...value]);
  }
  return ['{', ...joined(members), '}'];
}

function writeMember(
  planning: Planning,
  type: GraphQLObjectType,
  nodes: readonly FieldNode[],
  write: WriteField,
): Piece[] | null {
  const node = nodes[0] as FieldNode;
  const name = node.name.value;
  if (name === '__typename') return planning.answerAs === 'text' ? [`"${type.name}"`] : null;
  const field = type.getFields()[name];
  if (field) noteRight(planning, type, field);
  const value = field && !planning.failed.has(node) ? write(field, nodes) : null;
  if (!value) planning.holes += 1;
  return value;
}

function noteRight(planning: Planning, type: GraphQLObjectType, field: Field): void {
  const right = rightFor(type.name, field.name, ruleOf(field).role);
  if (right) planning.rights.push(right);
}
