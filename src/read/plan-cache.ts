import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  Kind,
  type OperationDefinitionNode,
  typeFromAST,
} from 'graphql';
import { readForm } from './keys.js';
import type { Values } from './parameters.js';
import type { Plan } from './plan.js';
import { nounOfId } from './roots.js';
import { isFailedAlone } from './rules.js';

/** Plans kept for one operation; further shapes are planned anew each time, which costs tens of microseconds. */
const MOST_PLANS = 64;

/** An operation of a document, with what was learnt of it. */
export interface Prepared {
  operation: OperationDefinitionNode;
  fragments: Record<string, FragmentDefinitionNode>;
  /** The part of the plan's key that one variable gives. */
  variables: readonly { name: string; shape: (value: unknown) => string }[];
  plans: Map<string, Plan>;
  /** Plans of single nouns inside of the operation. */
  nounPlans: WeakMap<FieldNode, Map<string, Plan>>;
}

export interface PlanCache {
  /** Undefined when the document has no such operation: graphql-js says so. */
  prepare(document: DocumentNode, operationName: string | null | undefined): Prepared | undefined;
  /** The same for an operation that graphql-js is executing. */
  prepareOperation(operation: OperationDefinitionNode, fragments: Record<string, FragmentDefinitionNode>): Prepared;
}

/** Plans live as long as their documents. */
export function createPlanCache(schema: GraphQLSchema): PlanCache {
  const byDocument = new WeakMap<DocumentNode, Map<string, Prepared | undefined>>();
  const byOperation = new WeakMap<OperationDefinitionNode, Prepared>();
  const prepareOperation: PlanCache['prepareOperation'] = (operation, fragments) => {
    const known = byOperation.get(operation);
    if (known) return known;
    const prepared = prepare(schema, operation, fragments);
    byOperation.set(operation, prepared);
    return prepared;
  };
  return {
    prepareOperation,
    prepare(document, operationName) {
      const names = byDocument.get(document) ?? new Map<string, Prepared | undefined>();
      byDocument.set(document, names);
      const name = operationName ?? '';
      if (names.has(name)) return names.get(name);
      const operation = findOperation(document, operationName);
      const prepared = operation && prepareOperation(operation, fragmentsOf(document));
      if (operation || names.size < MOST_PLANS) names.set(name, prepared);
      return prepared;
    },
  };
}

/** The plan under this key, written when it is not kept yet. */
export function keptPlan(plans: Map<string, Plan>, key: string, write: () => Plan): Plan {
  const known = plans.get(key);
  if (known) return known;
  const plan = write();
  if (plans.size < MOST_PLANS) plans.set(key, plan);
  return plan;
}

/** What of the variables the plan depends on: which are given, booleans, page sizes, filter fields, and which ask for what failed. */
export function shapeOf(prepared: Prepared, variables: Values): string {
  let key = '';
  for (const { name, shape } of prepared.variables) key += `${shape(variables[name])};`;
  return key;
}

function findOperation(document: DocumentNode, name: string | null | undefined): OperationDefinitionNode | undefined {
  const operations = document.definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  if (!name) return operations.length === 1 ? operations[0] : undefined;
  return operations.find((operation) => operation.name?.value === name);
}

function fragmentsOf(document: DocumentNode): Record<string, FragmentDefinitionNode> {
  const fragments = document.definitions.filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION);
  return Object.fromEntries(fragments.map((fragment) => [fragment.name.value, fragment]));
}

function prepare(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  fragments: Record<string, FragmentDefinitionNode>,
): Prepared {
  const variables = (operation.variableDefinitions ?? []).map(({ variable, type }) => {
    const input = typeFromAST(schema, type as never) as GraphQLInputType | undefined;
    return { name: variable.name.value, shape: shapeBy(schema, input) };
  });
  return { operation, fragments, variables, plans: new Map(), nounPlans: new WeakMap() };
}

/** Orders change the statement by their value, representations by their forms, ids by the noun that they name (for `node`), all else by its shape. */
function shapeBy(schema: GraphQLSchema, type: GraphQLInputType | undefined): (value: unknown) => string {
  const named = type && getNamedType(type);
  if (isEnumType(named) && named.name.endsWith('OrderBy')) return String;
  if (named?.name === '_Any') return (value) => representationsShape(schema, value);
  if (named?.name === 'ID') return (value) => (typeof value === 'string' ? nounOfId(value) : shape(value));
  return shape;
}

/** The forms of the representations, each once. */
function representationsShape(schema: GraphQLSchema, value: unknown): string {
  const forms = new Set<string>();
  for (const representation of [value].flat()) {
    try {
      forms.add(readForm(schema, representation).name);
    } catch {
      // It is refused when the plan runs, and is no part of it.
    }
  }
  return [...forms].sort().join();
}

function shape(value: unknown): string {
  if (value === null) return 'n';
  if (isFailedAlone(value)) return 'f';
  if (Array.isArray(value)) return 'a';
  switch (typeof value) {
    case 'undefined':
      return 'u';
    case 'boolean':
    case 'number':
      return String(value);
    case 'object':
      return `{${Object.entries(value)
        .map(([key, part]) => `${key}:${shape(part)}`)
        .join()}}`;
    default:
      return 's';
  }
}
