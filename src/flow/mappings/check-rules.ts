import { z } from 'zod';
import { HubError } from '../../errors.js';
import type { RuleSet } from '../../mapping/mapping-rules.js';
import type { Services } from '../services.js';

/**
 * Checks that rules can work: expressions that compile, targets that there are. `pathOf` is where the input has a set.
 * @throws HubError BAD_USER_INPUT; its `cause` has a problem per rule
 */
export async function checkRules(
  { mappings }: Pick<Services, 'mappings'>,
  ruleSets: readonly RuleSet[],
  pathOf: (index: number) => string[],
): Promise<void> {
  const found = await Promise.all(
    ruleSets.map(async (ruleSet, index) => {
      const problems = await mappings.findProblems(ruleSet);
      return problems.map(({ path, message }) => ({ path: [...pathOf(index), ...path], message }));
    }),
  );
  const issues = found.flat().map((problem) => ({ ...problem, code: 'custom' as const, input: null }));
  const [first] = issues;
  if (!first) return;
  const message = `${first.path.join('.')}: ${first.message}.`;
  throw new HubError('BAD_USER_INPUT', message, { path: first.path, cause: new z.ZodError(issues) });
}
