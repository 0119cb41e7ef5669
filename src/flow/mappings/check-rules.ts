import { z } from 'zod';
import type { Connector } from '../../connectors/connector.js';
import { HubError } from '../../errors.js';
import type { RuleSet } from '../../mapping/mapping-rules.js';
import type { OpenIntegration } from '../integrations/open-integration.js';
import type { Services } from '../services.js';

/**
 * Checks that rules can work and have an effect: expressions that compile, targets that there are, kinds that the system is
 * sent. `pathOf` is where the input has a set.
 * @throws HubError BAD_USER_INPUT; its `cause` has a problem per rule
 */
export async function checkRules(
  { mappings }: Pick<Services, 'mappings'>,
  { connector }: Pick<OpenIntegration, 'connector'>,
  ruleSets: readonly RuleSet[],
  pathOf: (index: number) => string[],
): Promise<void> {
  const found = await Promise.all(
    ruleSets.map(async (ruleSet, index) => {
      const problems = [...findUseless(connector, ruleSet), ...(await mappings.findProblems(ruleSet))];
      return problems.map(({ path, message }) => ({ path: [...pathOf(index), ...path], message }));
    }),
  );
  const issues = found.flat().map((problem) => ({ ...problem, code: 'custom' as const, input: null }));
  const [first] = issues;
  if (!first) return;
  const message = `${first.path.join('.')}: ${first.message}.`;
  throw new HubError('BAD_USER_INPUT', message, { path: first.path, cause: new z.ZodError(issues) });
}

/** Rules for what a system is never sent would be followed by nobody. */
function findUseless(
  { title, sends, sendsWithin = [] }: Connector,
  { direction, entityType }: RuleSet,
): { path: string[]; message: string }[] {
  const kinds = [...sends, ...sendsWithin];
  if (direction === 'INBOUND' || kinds.includes(entityType)) return [];
  const sent = kinds.length > 0 ? `it is sent ${kinds.join(', ')}` : 'it is sent nothing';
  return [{ path: ['entityType'], message: `${title} is sent no ${entityType}, so that no rule could apply; ${sent}` }];
}
