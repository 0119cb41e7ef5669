import { type GraphQLObjectType, type GraphQLSchema, isInterfaceType } from 'graphql';
import { badInput } from './values.js';

/** Fields that identify a noun together. */
export type Key = readonly string[];

/** One way of naming a noun: its type and one of its keys. */
export interface Form {
  /** `Product merchantId sku` */
  name: string;
  type: GraphQLObjectType;
  key: Key;
}

/** The most fields that a key has. */
export const LONGEST_KEY = 2;

/** Everything that can be read again by its id, in the order of the names. */
export function nodeTypesOf(schema: GraphQLSchema): GraphQLObjectType[] {
  const node = schema.getType('Node');
  if (!isInterfaceType(node)) return [];
  return [...schema.getPossibleTypes(node)].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The keys of a noun: its id, and those that its type names. */
export function keysOf(type: GraphQLObjectType): readonly Key[] {
  return [['id'], ...((type.extensions['keys'] as readonly Key[] | undefined) ?? [])];
}

/** Every way of naming a noun of the schema. */
export function formsOf(schema: GraphQLSchema): Form[] {
  return nodeTypesOf(schema).flatMap((type) => keysOf(type).map((key) => formOf(type, key)));
}

/** How a representation names its noun: by the first key of its type that it has whole. @throws GraphQLError BAD_USER_INPUT */
export function readForm(schema: GraphQLSchema, representation: unknown): Form {
  const given = (representation ?? {}) as Record<string, unknown>;
  const type = nodeTypesOf(schema).find(({ name }) => name === given['__typename']);
  if (!type) throw badInput('A representation needs the "__typename" of an entity of this subgraph.');
  const key = keysOf(type).find((fields) => fields.every((field) => isGiven(given[field])));
  if (key) return formOf(type, key);
  const keys = keysOf(type).map((fields) => fields.map((field) => `"${field}"`).join(' and '));
  throw badInput(`A representation of ${type.name} needs ${keys.join(', or ')}.`);
}

function formOf(type: GraphQLObjectType, key: Key): Form {
  return { name: [type.name, ...key].join(' '), type, key };
}

function isGiven(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number';
}
