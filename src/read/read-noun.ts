import type { GraphQLResolveInfo } from 'graphql';
import type { Caller } from '../access/caller.js';
import { rememberFailures } from './attach-resolvers.js';
import { beginExecution, leavingOutFailures, planFor, type Reading, runPlan } from './execution.js';
import { type Plan, planNoun } from './plan.js';
import type { Prepared } from './plan-cache.js';
import { objectTypeOf } from './planning.js';

/** Reads one noun by its id for a field that graphql-js is resolving; null where the caller may not see it. */
export async function readNoun(
  reading: Reading,
  id: string,
  info: GraphQLResolveInfo,
  caller: Caller,
): Promise<unknown> {
  const prepared = reading.plans.prepareOperation(info.operation, info.fragments);
  const variables = info.variableValues;
  const execution = beginExecution(reading, prepared, variables, caller);
  const text = await leavingOutFailures(execution, () => {
    const write = (input: Parameters<typeof planNoun>[0]) =>
      planNoun(input, objectTypeOf(info.returnType), info.fieldNodes);
    return runPlan(execution, planFor(execution, 'root', plansOf(prepared, info), write), [id]);
  });
  rememberFailures(variables, execution.failures);
  return JSON.parse(text);
}

function plansOf(prepared: Prepared, { fieldNodes: [node] }: GraphQLResolveInfo): Map<string, Plan> {
  const plans = (node && prepared.nounPlans.get(node)) ?? new Map<string, Plan>();
  if (node) prepared.nounPlans.set(node, plans);
  return plans;
}
