import type { FieldNode, GraphQLSchema } from 'graphql';
import type { Caller } from '../access/caller.js';
import type { GuardedSystem } from '../access/reach.js';
import type { AnswerAs } from './leaf.js';
import type { Nouns } from './nouns.js';
import { bindParameters, SiteError, type Values } from './parameters.js';
import type { Plan } from './plan.js';
import { keptPlan, type PlanCache, type Prepared, shapeOf } from './plan-cache.js';
import type { PlanInput } from './planning.js';
import { type BoundCaller, boundCaller, checkAnswer, checkRoles } from './rights.js';
import type { RunStatement } from './statements.js';

/** What all executions of a reader share. */
export interface Reading {
  schema: GraphQLSchema;
  nouns: Nouns;
  plans: PlanCache;
  run: RunStatement;
  /** Of whose permissions tokens may name any. */
  systems: readonly GuardedSystem[];
}

/** One run of an operation, or of one noun inside of one. */
export interface Execution {
  reading: Reading;
  prepared: Prepared;
  /** Coerced. */
  variables: Values;
  caller: Caller;
  bound: BoundCaller | null;
  /** Fields whose arguments were refused: each is answered by its error, and left out of the statement. */
  failures: Map<FieldNode, Error>;
}

/** The kept plan for variables of this shape, or a new one. What leaves fields out is rare and never kept. */
export function planFor(
  execution: Execution,
  answerAs: AnswerAs,
  plans: Map<string, Plan>,
  write: (input: PlanInput) => Plan,
): Plan {
  const { reading, prepared, variables, caller, failures, bound } = execution;
  const limited = caller.merchantId !== null;
  const { schema, nouns } = reading;
  const { fragments, operation } = prepared;
  const ofMutation = operation.operation === 'mutation';
  const failed = new Set(failures.keys());
  const input = { schema, nouns, fragments, variables, answerAs, limited, bound, ofMutation, failed };
  if (failures.size > 0) return write(input);
  const key = `${answerAs};${limited};${bound?.key ?? ''};${shapeOf(prepared, variables)}`;
  return keptPlan(plans, key, () => write(input));
}

/**
 * Checks roles and arguments, then runs the one statement; an operation of JavaScript's fields alone needs none.
 * `own`: values of the parameters that the plan reserved.
 */
export async function runPlan(execution: Execution, plan: Plan, own: readonly unknown[] = []): Promise<string> {
  const { reading, variables, caller, bound } = execution;
  checkRoles(plan.roles, caller);
  if (plan.planned === 0) return '{}';
  const values = bindParameters(plan.sites, plan.parameters, variables);
  const text = await reading.run(plan, plan.merchant ? [caller.merchantId, ...own, ...values] : [...own, ...values]);
  if (bound) checkAnswer(bound, text);
  return text;
}

export function beginExecution(reading: Reading, prepared: Prepared, variables: Values, caller: Caller): Execution {
  return { reading, prepared, variables, caller, bound: boundCaller(caller, reading.systems), failures: new Map() };
}

/** Repeats the work without each field whose arguments it refuses; throws everything else. */
export async function leavingOutFailures<T>(execution: Execution, work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof SiteError)) throw error;
      execution.failures.set(error.node, error.cause);
    }
  }
}
