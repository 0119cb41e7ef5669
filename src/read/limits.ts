import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isCompositeType,
  isInterfaceType,
  isListType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { MAX_PAGE_SIZE } from './page.js';
import { type Field, isConnectionType, ruleOf } from './planning.js';

/** What one operation may ask for, on HTTP and on the socket. */
export const LIMITS = {
  /** Fields below one another. */
  depth: 15,
  /** Fields to be answered, fragments expanded, lists and pages multiplied. */
  cost: 100_000,
  /** Aliases, fragments expanded. */
  aliases: 200,
  /** Fields of the root, fragments expanded. */
  rootFields: 40,
  /** Tokens of a document: for `parse`. */
  tokens: 8_000,
} as const;

/** Rows that a list without pages is taken for. */
const LIST_SIZE = 10;

/** Entries of introspection's lists, about as the hub's schema has them; `types` has as many as there are. */
const INTROSPECTED: Readonly<Record<string, number>> = {
  directives: 10,
  fields: 5,
  args: 1,
  inputFields: 2,
  enumValues: 1,
  interfaces: 1,
  possibleTypes: 1,
};
/** Of the fields that introspection may have, most are null: the names below `ofType`, what only some kinds of types have. */
const INTROSPECTED_PART = 5;

interface Weight {
  cost: number;
  depth: number;
  aliases: number;
}

interface Weighing {
  schema: GraphQLSchema;
  fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  variables: Readonly<Record<string, unknown>>;
  defaults: Readonly<Record<string, unknown>>;
  /** Each fragment is weighed once, however often it is spread: a small document can expand to a huge one. */
  known: Map<string, Weight>;
  /** No variable has been looked at. */
  isFixed: boolean;
}

export interface Measured {
  /** What is wrong with the operation's size; empty when nothing is. */
  excesses: GraphQLError[];
  /** Whether it is the same for all variables. */
  isFixed: boolean;
}

/**
 * Measures an operation of a valid document. Introspection may be as deep as it likes, because validation bounds its lists.
 */
export function measure(
  schema: GraphQLSchema,
  document: DocumentNode,
  operationName: string | null | undefined,
  variables: Readonly<Record<string, unknown>> | null | undefined,
): Measured {
  const fragments = new Map<string, FragmentDefinitionNode>();
  const operations: OperationDefinitionNode[] = [];
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
    if (definition.kind === Kind.OPERATION_DEFINITION) operations.push(definition);
  }
  const excesses: GraphQLError[] = [];
  let isFixed = true;
  for (const operation of operations) {
    if (operationName && operation.name?.value !== operationName) continue;
    const own = { schema, fragments, variables: variables ?? {}, defaults: defaultsOf(operation) };
    const weighing: Weighing = { ...own, known: new Map(), isFixed: true };
    excesses.push(...excessesOf(weighing, operation));
    isFixed &&= weighing.isFixed;
  }
  return { excesses, isFixed };
}

function excessesOf(weighing: Weighing, operation: OperationDefinitionNode): GraphQLError[] {
  const root = weighing.schema.getRootType(operation.operation) ?? undefined;
  const { cost, depth, aliases } = weigh(weighing, operation.selectionSet, root);
  const rootFields = countFields(weighing, operation.selectionSet, new Map());
  const excesses: [string, number, number][] = [
    ['costs', cost, LIMITS.cost],
    ['is nested', depth, LIMITS.depth],
    ['has aliases', aliases, LIMITS.aliases],
    ['has root fields', rootFields, LIMITS.rootFields],
  ];
  return excesses
    .filter(([, value, limit]) => value > limit)
    .map(([what, value, limit]) =>
      tooComplex(`The operation ${what}: ${value}; the limit is ${limit}.`, { cost: value, limit }),
    );
}

function tooComplex(message: string, measured: { cost: number; limit: number }): GraphQLError {
  return new GraphQLError(`${message} Ask for smaller pages or fewer fields, or in several operations.`, {
    extensions: { code: 'QUERY_TOO_COMPLEX', ...measured },
  });
}

function weigh(weighing: Weighing, set: SelectionSetNode, type: GraphQLNamedType | undefined): Weight {
  const total: Weight = { cost: 0, depth: 0, aliases: 0 };
  for (const selection of set.selections) {
    const part =
      selection.kind === Kind.FIELD ? weighField(weighing, selection, type) : weighFragment(weighing, selection, type);
    total.cost += part.cost;
    total.aliases += part.aliases;
    total.depth = Math.max(total.depth, part.depth);
  }
  return total;
}

function weighFragment(
  weighing: Weighing,
  selection: Exclude<SelectionSetNode['selections'][number], FieldNode>,
  type: GraphQLNamedType | undefined,
): Weight {
  if (selection.kind === Kind.INLINE_FRAGMENT) {
    const on = selection.typeCondition ? weighing.schema.getType(selection.typeCondition.name.value) : type;
    return weigh(weighing, selection.selectionSet, on);
  }
  const name = selection.name.value;
  const known = weighing.known.get(name);
  if (known) return known;
  const fragment = weighing.fragments.get(name);
  const on = fragment && weighing.schema.getType(fragment.typeCondition.name.value);
  const weight = fragment ? weigh(weighing, fragment.selectionSet, on) : { cost: 0, depth: 0, aliases: 0 };
  weighing.known.set(name, weight);
  return weight;
}

function weighField(weighing: Weighing, node: FieldNode, type: GraphQLNamedType | undefined): Weight {
  const aliases = node.alias ? 1 : 0;
  const name = node.name.value;
  const field = isObjectType(type) || isInterfaceType(type) ? type.getFields()[name] : undefined;
  if (name === '__schema' || name === '__type') return weighIntrospection(weighing, node);
  if (name.startsWith('__') || !field) return { cost: 1, depth: 1, aliases };
  const named = getNamedType(field.type);
  if (!node.selectionSet || !isCompositeType(named)) return { cost: 1, depth: 1, aliases };
  const inner = weigh(weighing, node.selectionSet, named);
  const rows = isConnectionType(named)
    ? pageSize(weighing, node)
    : isListType(getNullableType(field.type))
      ? listSize(weighing, type, field, node)
      : 1;
  return { cost: 1 + rows * inner.cost, depth: 1 + inner.depth, aliases: aliases + inner.aliases };
}

function weighIntrospection(weighing: Weighing, { name, alias, selectionSet }: FieldNode): Weight {
  const type = weighing.schema.getType(name.value === '__type' ? '__Type' : '__Schema');
  const { cost, aliases } = selectionSet ? weigh(weighing, selectionSet, type) : { cost: 0, aliases: 0 };
  return { cost: 1 + Math.ceil(cost / INTROSPECTED_PART), depth: 1, aliases: aliases + (alias ? 1 : 0) };
}

/** A connection's rows are multiplied at the connection, not again at its `edges` and `nodes`. */
function listSize(weighing: Weighing, owner: GraphQLNamedType | undefined, field: Field, node: FieldNode): number {
  if (isConnectionType(owner)) return 1;
  if (owner?.name === '__Schema' && field.name === 'types') return Object.keys(weighing.schema.getTypeMap()).length;
  if (owner?.name.startsWith('__')) return INTROSPECTED[field.name] ?? LIST_SIZE;
  const { sizedBy } = ruleOf(field);
  return sizedBy ? givenLength(weighing, node, sizedBy) : LIST_SIZE;
}

function givenLength(weighing: Weighing, node: FieldNode, name: string): number {
  const value = node.arguments?.find((argument) => argument.name.value === name)?.value;
  if (value?.kind === Kind.LIST) return value.values.length;
  if (value?.kind === Kind.VARIABLE) weighing.isFixed = false;
  const given = value?.kind === Kind.VARIABLE ? weighing.variables[value.name.value] : undefined;
  return Array.isArray(given) ? given.length : 1;
}

function pageSize(weighing: Weighing, node: FieldNode): number {
  const sizes = ['last', 'first'].map((name) => {
    const value = node.arguments?.find((argument) => argument.name.value === name)?.value;
    if (value?.kind === Kind.INT) return Number(value.value);
    if (value?.kind !== Kind.VARIABLE) return undefined;
    weighing.isFixed = false;
    const variable = value.name.value;
    const given = weighing.variables[variable] ?? weighing.defaults[variable];
    return typeof given === 'number' ? given : undefined;
  });
  const size = sizes[0] ?? sizes[1] ?? 50;
  return Math.max(1, Math.min(MAX_PAGE_SIZE, size));
}

function defaultsOf(operation: OperationDefinitionNode): Record<string, unknown> {
  const defaults: Record<string, unknown> = {};
  for (const { variable, defaultValue } of operation.variableDefinitions ?? []) {
    if (defaultValue?.kind === Kind.INT) defaults[variable.name.value] = Number(defaultValue.value);
  }
  return defaults;
}

function countFields(weighing: Weighing, set: SelectionSetNode, known: Map<string, number>): number {
  let count = 0;
  for (const selection of set.selections) {
    if (selection.kind === Kind.FIELD) count += 1;
    else if (selection.kind === Kind.INLINE_FRAGMENT) count += countFields(weighing, selection.selectionSet, known);
    else {
      const name = selection.name.value;
      const fragment = weighing.fragments.get(name);
      if (fragment && !known.has(name)) known.set(name, countFields(weighing, fragment.selectionSet, known));
      count += known.get(name) ?? 0;
    }
  }
  return count;
}
