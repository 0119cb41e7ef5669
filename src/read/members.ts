import type { FieldNode, GraphQLObjectType } from 'graphql';
import type { Field, Fields, Planning } from './planning.js';
import { accessOf, isForSome } from './rights.js';
import { joined, type Piece } from './sql-text.js';

/** JSON text of one field's value; null where SQL does not answer it. */
export type WriteField = (field: Field, nodes: readonly FieldNode[]) => Piece[] | null;

/**
 * Writes an object's selected fields as `{"key":value,…}` and notes roles and holes on the way.
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
  if (field) noteRole(planning, type, field);
  const value = field && !planning.failed.has(node) ? write(field, nodes) : null;
  if (!value) planning.holes += 1;
  return value;
}

/** A field of a noun's row is left to {@link writeRow} where a permission may allow it. */
function noteRole(planning: Planning, type: GraphQLObjectType, field: Field): void {
  const rule = accessOf(field);
  if (!rule || rule.role === 'viewer' || (planning.nouns[type.name] && isForSome(planning.bound, rule))) return;
  planning.roles.push({ field: `${type.name}.${field.name}`, role: rule.role });
}
