import { rememberFailures } from './attach-resolvers.js';
import { type Execution, leavingOutFailures, planFor, runPlan } from './execution.js';
import { SiteError } from './parameters.js';
import { planOperation } from './plan.js';
import { UNREPRESENTABLE } from './sql-text.js';

/**
 * The answer as PostgreSQL wrote it, as text. Null where graphql-js has to complete it: for fields of JavaScript,
 * introspection, refused arguments, and what SQL cannot represent.
 */
export async function answerAsText(execution: Execution): Promise<string | null> {
  const { prepared } = execution;
  try {
    const plan = planFor(execution, 'text', prepared.plans, (input) => planOperation(input, prepared.operation));
    if (plan.holes > 0 || plan.planned === 0) return null;
    const text = await runPlan(execution, plan);
    return text.includes(UNREPRESENTABLE) ? null : text;
  } catch (error) {
    if (error instanceof SiteError) return null;
    throw error;
  }
}

/** The answer as a root value by response keys, for graphql-js to complete. */
export async function answerAsRoot(execution: Execution): Promise<object> {
  const { prepared } = execution;
  return leavingOutFailures(execution, async () => {
    const plan = planFor(execution, 'root', prepared.plans, (input) => planOperation(input, prepared.operation));
    const root = JSON.parse(await runPlan(execution, plan));
    rememberFailures(root, execution.failures);
    return root;
  });
}
