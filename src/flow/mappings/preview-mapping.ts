import { z } from 'zod';
import { type Caller, requireRole } from '../../access/caller.js';
import { sqlOn } from '../../db/database.js';
import type { RuleOutcome } from '../../mapping/apply-rules.js';
import { checkInput } from '../check-input.js';
import { findIntegration } from '../integrations/find-integration.js';
import type { Services } from '../services.js';
import { compareRules, type FieldDifference, publishedRules } from './compare-rules.js';
import { mappingInputSchema, rulesToTry } from './mapping-input.js';
import { inboundTrial, outboundTrial } from './run-trial.js';

const MOST_SAMPLE_CHARACTERS = 1024 * 1024;

const previewMappingSchema = mappingInputSchema.extend({
  sample: z
    .unknown()
    .refine((sample) => typeof sample === 'object' && sample !== null, 'is no object')
    .refine((sample) => (JSON.stringify(sample)?.length ?? 0) <= MOST_SAMPLE_CHARACTERS, 'is larger than 1 MB'),
});
export type PreviewMapping = z.input<typeof previewMappingSchema>;

/** What rules make of a sample. */
export interface MappingPreview {
  input: unknown;
  /** Outbound: the whole wire body. Inbound: the hub's fields. */
  output: unknown;
  rules: RuleOutcome[];
  /** Against the published rules, or the connector's own mapping alone where none are. */
  differences: FieldDifference[];
}

/**
 * Tries rules on a sample: a snapshot of the hub's, or a payload as it would be received. Writes and sends nothing.
 * @throws HubError BAD_USER_INPUT, NOT_FOUND for the integration, FORBIDDEN
 */
export async function previewMapping(
  services: Services,
  caller: Caller,
  input: PreviewMapping,
): Promise<MappingPreview> {
  requireRole(caller, 'operator');
  const { sample, ...wanted } = checkInput(
    previewMappingSchema as z.ZodType<z.output<typeof previewMappingSchema>>,
    input,
  );
  const integration = await findIntegration(services, caller, wanted.integrationId, ['integrationId']);
  const ruleSet = await rulesToTry({ sql: sqlOn(services.db.pool) }, caller, wanted);
  const trial =
    wanted.direction === 'OUTBOUND'
      ? await outboundTrial(integration, ruleSet, sample)
      : inboundTrial(integration, Buffer.from(JSON.stringify(sample)), {});
  const present = publishedRules(integration, ruleSet);
  const { output, outcomes, differences } = await compareRules(services, present, ruleSet, trial);
  return { input: sample, output, rules: outcomes, differences };
}
