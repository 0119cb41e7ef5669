import {
  type DocumentNode,
  execute,
  type FieldNode,
  GraphQLError,
  type GraphQLResolveInfo,
  type GraphQLSchema,
} from 'graphql';
import { getVariableValues } from 'graphql/execution/values.js';
import type { Caller } from '../access/caller.js';
import type { Database } from '../db/database.js';
import { attachResolvers, rememberFailures } from './attach.js';
import type { Tail } from './leaf.js';
import { type Nouns, nounsOf } from './nouns.js';
import { bindParameters, SiteError, type Values } from './parameters.js';
import { type Plan, planNoun, planOperation } from './plan.js';
import { createPlanCache, keptPlan, type PlanCache, type Prepared, shapeOf } from './plan-cache.js';
import { objectTypeOf, type PlanInput } from './planning.js';
import { RawJson } from './raw-json.js';
import { checkRoles } from './rights.js';
import { UNREPRESENTABLE } from './sql-text.js';
import { createStatements, type RunStatement } from './statements.js';

/** The part of the GraphQL context that reads need. */
export interface ReadContext {
  caller: Caller;
}

export interface ReadRequest {
  /** Valid against the schema, and within its limits. */
  document: DocumentNode;
  operationName?: string | null;
  /** As they came; coerced here. */
  variables?: Readonly<Record<string, unknown>> | null;
  context: ReadContext;
  /** False: the answer is an object even where text would do. Default true. */
  raw?: boolean;
}

/** A GraphQL result; `data` is a {@link RawJson} where the text that PostgreSQL wrote is the answer. */
export interface ReadResult {
  data?: object | null;
  errors?: readonly GraphQLError[];
}

/** Answers whole operations. */
export interface Reader {
  /**
   * Queries cost one statement; mutations are run by graphql-js. Never throws: what fails is in `errors`, unmasked,
   * with the cause as `originalError`.
   */
  execute(request: ReadRequest): Promise<ReadResult>;
  /** Reads the noun with this id, with exactly the fields selected; null when the caller may not see it. */
  readNoun(id: string, info: GraphQLResolveInfo, context: ReadContext): Promise<unknown>;
}

interface Reading {
  schema: GraphQLSchema;
  nouns: Nouns;
  plans: PlanCache;
  run: RunStatement;
}

type Failures = Map<FieldNode, Error>;

/** Makes the one reader of a schema over a database, and takes over the resolvers of the schema's nouns. */
export function createReader(deps: { schema: GraphQLSchema; db: Pick<Database, 'orm' | 'pool'> }): Reader {
  const nouns = nounsOf(deps.db.orm.getMetadata());
  attachResolvers(deps.schema, nouns);
  const reading: Reading = {
    schema: deps.schema,
    nouns,
    plans: createPlanCache(deps.schema),
    run: createStatements(deps.db.pool),
  };
  return {
    execute: (request) => answer(reading, request),
    readNoun: (id, info, context) => readNoun(reading, id, info, context),
  };
}

async function answer(reading: Reading, request: ReadRequest): Promise<ReadResult> {
  const prepared = reading.plans.prepare(request.document, request.operationName);
  if (prepared?.operation.operation !== 'query') return runByGraphql(reading, request, undefined);
  const { operation } = prepared;
  const coerced = getVariableValues(reading.schema, operation.variableDefinitions ?? [], request.variables ?? {});
  if (coerced.errors) return { errors: coerced.errors };
  try {
    return await answerQuery(reading, prepared, request, coerced.coerced);
  } catch (error) {
    return { errors: [asGraphQLError(error)] };
  }
}

/** The text itself where SQL can say all; else graphql-js completes what SQL read. */
async function answerQuery(
  reading: Reading,
  prepared: Prepared,
  request: ReadRequest,
  variables: Values,
): Promise<ReadResult> {
  const { caller } = request.context;
  const failures: Failures = new Map();
  if (request.raw !== false) {
    const text = await readText(reading, prepared, variables, caller, failures);
    if (text !== null) return { data: new RawJson(text) };
  }
  for (;;) {
    try {
      const plan = operationPlan(reading, prepared, variables, caller, 'feed', failures);
      checkRoles(plan.roles, caller);
      const root = plan.planned > 0 ? JSON.parse(await runPlan(reading, plan, variables, caller)) : {};
      rememberFailures(root, failures);
      return await runByGraphql(reading, request, root);
    } catch (error) {
      noteFailure(error, failures);
    }
  }
}

/** Null: graphql-js has to say it. */
async function readText(
  reading: Reading,
  prepared: Prepared,
  variables: Values,
  caller: Caller,
  failures: Failures,
): Promise<string | null> {
  try {
    const plan = operationPlan(reading, prepared, variables, caller, 'pass', failures);
    if (plan.holes > 0 || plan.planned === 0) return null;
    const text = await runPlan(reading, plan, variables, caller);
    return text.includes(UNREPRESENTABLE) ? null : text;
  } catch (error) {
    noteFailure(error, failures);
    return null;
  }
}

/** A refused argument fails its field only; everything else fails the operation. */
function noteFailure(error: unknown, failures: Failures): void {
  if (!(error instanceof SiteError)) throw error;
  failures.set(error.node, error.cause);
}

function operationPlan(
  reading: Reading,
  prepared: Prepared,
  variables: Values,
  caller: Caller,
  tail: Tail,
  failures: Failures,
): Plan {
  const input = planInput(reading, prepared, variables, caller, tail, failures);
  const write = () => planOperation(input, prepared.operation);
  if (failures.size > 0) return write();
  return keptPlan(prepared.plans, planKey(prepared, input), write);
}

async function readNoun(
  reading: Reading,
  id: string,
  info: GraphQLResolveInfo,
  context: ReadContext,
): Promise<unknown> {
  const { operation, fragments, fieldNodes, returnType, variableValues: variables } = info;
  const prepared = reading.plans.prepareOperation(operation, fragments);
  const failures: Failures = new Map();
  for (;;) {
    try {
      const input = planInput(reading, prepared, variables, context.caller, 'feed', failures);
      const plan = nounPlan(prepared, input, fieldNodes, () => planNoun(input, objectTypeOf(returnType), fieldNodes));
      const text = await runPlan(reading, plan, variables, context.caller, [id]);
      rememberFailures(variables, failures);
      return JSON.parse(text);
    } catch (error) {
      noteFailure(error, failures);
    }
  }
}

function nounPlan(prepared: Prepared, input: PlanInput, nodes: readonly FieldNode[], write: () => Plan): Plan {
  const [node] = nodes;
  if (!node || input.failed.size > 0) return write();
  const plans = prepared.nounPlans.get(node) ?? new Map<string, Plan>();
  prepared.nounPlans.set(node, plans);
  return keptPlan(plans, planKey(prepared, input), write);
}

function planInput(
  reading: Reading,
  prepared: Prepared,
  variables: Values,
  caller: Caller,
  tail: Tail,
  failures: Failures,
): PlanInput {
  const { schema, nouns } = reading;
  const limited = caller.merchantId !== null;
  return { schema, nouns, fragments: prepared.fragments, variables, tail, limited, failed: new Set(failures.keys()) };
}

function planKey(prepared: Prepared, input: PlanInput): string {
  return `${input.tail};${input.limited};${shapeOf(prepared, input.variables)}`;
}

async function runPlan(
  reading: Reading,
  plan: Plan,
  variables: Values,
  caller: Caller,
  own: readonly unknown[] = [],
): Promise<string> {
  checkRoles(plan.roles, caller);
  const values = bindParameters(plan.sites, plan.parameters, variables);
  return reading.run(plan, plan.merchant ? [caller.merchantId, ...own, ...values] : [...own, ...values]);
}

async function runByGraphql(reading: Reading, request: ReadRequest, rootValue: unknown): Promise<ReadResult> {
  return execute({
    schema: reading.schema,
    document: request.document,
    operationName: request.operationName,
    variableValues: request.variables,
    contextValue: request.context,
    rootValue,
  });
}

function asGraphQLError(error: unknown): GraphQLError {
  if (error instanceof GraphQLError) return error;
  return new GraphQLError((error as Error).message, { originalError: error as Error });
}
