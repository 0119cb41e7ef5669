import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLObjectType,
  getNamedType,
  getNullableType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import { buildHubSchema } from '../../schema/build.js';

export const schema = buildHubSchema();
export type Field = GraphQLField<unknown, unknown>;

export const fieldsOf = (root: 'Query' | 'Mutation' | 'Subscription'): Field[] =>
  Object.values((schema.getType(root) as GraphQLObjectType).getFields());

/** A value for a name and its type; undefined: the plain one of the type. */
export type ValueFor = (name: string, type: string) => unknown;

const PLAIN: Readonly<Record<string, unknown>> = {
  ...{ ID: 'none', String: 'none', Int: 1, Float: 1, Boolean: false, Decimal: '1.00', JSON: {} },
  ...{ DateTime: '2026-01-01T00:00:00Z', Cursor: 'none' },
};

function plainValue(name: string, type: GraphQLInputType, given: ValueFor): unknown {
  const nullable = getNullableType(type);
  if (isListType(nullable)) return [plainValue(name, nullable.ofType, given)];
  const named = getNamedType(type);
  const own = given(name, named.name);
  if (own !== undefined) return own;
  if (isEnumType(named)) return named.getValues()[0]?.name;
  if (!isInputObjectType(named)) return PLAIN[named.name];
  return inputOf(Object.values(named.getFields()), given);
}

/** All that is required, and whatever else `given` has a value for. */
export function inputOf(
  parts: readonly { name: string; type: GraphQLInputType; defaultValue?: unknown }[],
  given: ValueFor,
): Record<string, unknown> {
  const wanted = parts.filter(
    ({ name, type }) => isNonNullType(type) || given(name, getNamedType(type).name) !== undefined,
  );
  return Object.fromEntries(wanted.map(({ name, type }) => [name, plainValue(name, type, given)]));
}

/** An operation of one root field with its arguments as variables; `selection` in braces, or nothing. */
export function operationOf(
  kind: string,
  field: Field,
  args: Readonly<Record<string, unknown>>,
  selection: string,
): string {
  const given = field.args.filter(({ name }) => name in args);
  const declared = given.map(({ name, type }: GraphQLArgument) => `$${name}: ${type}`).join(', ');
  const passed = given.map(({ name }) => `${name}: $${name}`).join(', ');
  return `${kind}${declared && ` (${declared})`} { ${field.name}${passed && `(${passed})`} ${selection} }`;
}

/** Everything that a type has without arguments that must be given, so many levels deep. */
export function selectionOf(field: Pick<Field, 'type'>, depth: number): string {
  const type = getNamedType(field.type);
  if (!isCompositeType(type)) return '';
  if (!isObjectType(type)) return '{ __typename }';
  const parts = Object.values(type.getFields()).flatMap((inner) => {
    if (inner.args.some(({ type: of, defaultValue }) => isNonNullType(of) && defaultValue === undefined)) return [];
    if (!isCompositeType(getNamedType(inner.type))) return [inner.name];
    return depth === 0 ? [] : [`${inner.name} ${selectionOf(inner, depth - 1)}`];
  });
  return `{ ${['__typename', ...parts].join(' ')} }`;
}
