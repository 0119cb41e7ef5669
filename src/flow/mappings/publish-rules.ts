import { z } from 'zod';
import type { Connector } from '../../connectors/connector.js';
import { HubError } from '../../errors.js';
import { mappingRulesSchema, type RuleSet } from '../../mapping/mapping-rules.js';
import { Direction, EntityType } from '../../model/statuses.js';
import { checkInput } from '../check-input.js';
import type { Services } from '../services.js';
import type { Work } from '../work.js';
import { checkRules } from './check-rules.js';
import { type GatewayRule, inOwnWords, ruleSetsOf } from './gateway-rules.js';
import { publish } from './publish-mapping.js';
import { saveVersions } from './save-mapping.js';

const ruleSetsSchema = z.object({
  mappings: z.array(
    z.object({ entityType: z.enum(EntityType), direction: z.enum(Direction), rules: mappingRulesSchema }),
  ),
});

/**
 * The inbound rule sets of field mappings that are written as the gateway's clients do; of anything else none.
 * @throws HubError BAD_USER_INPUT with the path of a rule that cannot work
 */
export async function checkGatewayRules(services: Services, connector: Connector, given: unknown): Promise<RuleSet[]> {
  if (!Array.isArray(given)) return [];
  const written = ruleSetsOf('inbound', given as GatewayRule[]);
  try {
    const { mappings } = checkInput(ruleSetsSchema as z.ZodType<z.output<typeof ruleSetsSchema>>, {
      mappings: written,
    });
    await checkRules(services, { connector }, mappings, (index) => ['mappings', String(index)]);
    return mappings;
  } catch (error) {
    throw error instanceof HubError ? inOwnWords(error, written) : error;
  }
}

/** Saves and publishes rule sets of one integration under one version number. */
export async function publishRules(
  work: Work,
  owner: { integrationId: string; merchantId: string },
  ruleSets: readonly RuleSet[],
): Promise<void> {
  if (ruleSets.length === 0) return;
  const saved = await saveVersions(work.tx, work.caller, { ...owner, note: null }, ruleSets);
  for (const version of saved) await publish(work, version, 'mapping.publish');
}
