import {
  defaultFieldResolver,
  type FieldNode,
  type GraphQLFieldResolver,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isListType,
  isObjectType,
} from 'graphql';
import type { Nouns } from './nouns.js';
import { isConnectionType, objectTypeOf, ruleOf } from './planning.js';
import { parseExactly } from './raw-json.js';
import type { ReadContext, Reader } from './reader.js';
import type { FieldRule } from './rules.js';

type Resolver = GraphQLFieldResolver<unknown, ReadContext & { reader: Reader }>;

/** Fields whose arguments were refused, of an execution: by its root value, or by its variables inside of mutations. */
const failuresOf = new WeakMap<object, ReadonlyMap<FieldNode, Error>>();

export function rememberFailures(execution: object, failures: ReadonlyMap<FieldNode, Error>): void {
  if (failures.size > 0) failuresOf.set(execution, failures);
}

/**
 * Gives every planned field the resolver that reads what SQL answered, by response key, and every other field of a
 * noun's type the one that reads the noun by its id. Fields that JavaScript answers keep theirs.
 */
export function attachResolvers(schema: GraphQLSchema, nouns: Nouns): void {
  const planned = plannedTypes(schema, nouns);
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    const isPlanned = planned.has(type) || type === schema.getQueryType();
    for (const field of Object.values(type.getFields())) {
      const rule = ruleOf(field);
      if (isPlanned) field.resolve = rule.js || rule.needs ? field.resolve : answerResolver(field.type);
      else if (!isListType(field.type) && nouns[getNamedType(field.type).name])
        field.resolve = readById(field.resolve, rule.asOfChange);
    }
  }
}

/** Nouns, what is embedded in them, and the connections over them. */
function plannedTypes(schema: GraphQLSchema, nouns: Nouns): Set<GraphQLObjectType> {
  const planned = new Set<GraphQLObjectType>();
  const embedded = new Set(
    Object.values(nouns).flatMap((noun) => Object.keys(noun.embedded).map((name) => [noun.name, name].join('.'))),
  );
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type)) continue;
    if (nouns[type.name]) planned.add(type);
    for (const field of Object.values(type.getFields())) {
      if (embedded.has(`${type.name}.${field.name}`)) planned.add(objectTypeOf(field.type));
    }
    if (!isConnectionType(type)) continue;
    planned.add(type);
    for (const part of ['edges', 'pageInfo']) {
      const field = type.getFields()[part];
      if (field) planned.add(objectTypeOf(field.type));
    }
  }
  return planned;
}

/** What a noun's fields were at the change that it is read for. */
const thenOf = new WeakMap<object, Readonly<Record<string, unknown>>>();

const readAnswer: Resolver = (source, _args, _context, info) => {
  const past = thenOf.get(source as object);
  if (past && info.fieldName in past) return past[info.fieldName];
  // An alias may be the name of something that every object inherits.
  if (Object.hasOwn(source as object, info.path.key)) return (source as Record<string, unknown>)[info.path.key];
  const [node] = info.fieldNodes;
  const failures = failuresOf.get(info.variableValues) ?? failuresOf.get(info.rootValue as object);
  const failure = node && failures?.get(node);
  if (failure) throw failure;
  return null;
};

/** Documents are text within the answer. */
const readDocument: Resolver = (source, args, context, info) => {
  const text = readAnswer(source, args, context, info);
  return typeof text === 'string' ? parseExactly(text) : text;
};

function answerResolver(type: GraphQLOutputType): Resolver {
  return getNamedType(type).name === 'JSON' ? readDocument : readAnswer;
}

function readById(resolve: Resolver = defaultFieldResolver, names: FieldRule['asOfChange'] = undefined): Resolver {
  return async (source, args, context, info) => {
    const value = await resolve(source, args, context, info);
    if (typeof value !== 'string') return value;
    const noun = await context.reader.readNoun(value, info, context);
    if (names && noun) thenOf.set(noun, pick(source as Record<string, unknown>, names));
    return noun;
  };
}

function pick(source: Readonly<Record<string, unknown>>, names: Readonly<Record<string, string>>) {
  return Object.fromEntries(Object.entries(names).map(([field, from]) => [field, source[from]]));
}
