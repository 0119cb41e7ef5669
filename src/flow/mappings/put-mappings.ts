import { z } from 'zod';
import type { Caller } from '../../access/caller.js';
import { mappingRulesSchema } from '../../mapping/mapping-rules.js';
import { Direction, EntityType } from '../../model/statuses.js';
import { checkInput, label, text } from '../check-input.js';
import { findIntegration } from '../integrations/find-integration.js';
import { lockIntegration } from '../integrations/lock-integration.js';
import type { Services } from '../services.js';
import { checkRules } from './check-rules.js';
import { publish } from './publish-mapping.js';
import { saveVersions } from './save-mapping.js';

const putMappingsSchema = z.object({
  integrationId: label(),
  mappings: z
    .array(z.object({ entityType: z.enum(EntityType), direction: z.enum(Direction), rules: mappingRulesSchema }))
    .min(1, 'has no mapping')
    .refine(
      (sets) => new Set(sets.map(({ entityType, direction }) => `${entityType} ${direction}`)).size === sets.length,
      'names one kind and direction twice',
    ),
  note: text(),
});
export type PutMappings = z.input<typeof putMappingsSchema>;

/**
 * Saves and publishes mappings of an integration together, under one version number: all of them or none. Those that are
 * not named stay as they are. Answers the ids of the versions, in the order of the input.
 * @throws HubError BAD_USER_INPUT with the path of each rule that cannot work, NOT_FOUND for the integration
 */
export async function putMappings(services: Services, caller: Caller, input: PutMappings): Promise<string[]> {
  const { integrationId, mappings, note } = checkInput(
    putMappingsSchema as z.ZodType<z.output<typeof putMappingsSchema>>,
    input,
  );
  const integration = await findIntegration(services, caller, integrationId, ['integrationId']);
  await checkRules(services, integration, mappings, (index) => ['mappings', String(index)]);
  return services.db.transaction(async (tx) => {
    const { merchantId } = await lockIntegration(tx, caller, integrationId, ['integrationId']);
    const saved = await saveVersions(tx, caller, { integrationId, merchantId, note }, mappings);
    for (const version of saved) await publish({ services, tx, caller }, version, 'mapping.publish');
    return saved.map(({ id }) => id);
  });
}
