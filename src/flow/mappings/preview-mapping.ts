import { z } from 'zod';
import type { Caller } from '../../access/caller.js';
import { type Sql, sqlOn } from '../../db/database.js';
import { HubError } from '../../errors.js';
import type { RuleOutcome } from '../../mapping/apply-rules.js';
import type { RuleSet } from '../../mapping/mapping-rules.js';
import { checkInput, label } from '../check-input.js';
import { findIntegration } from '../integrations/find-integration.js';
import type { OpenIntegration } from '../integrations/open-integration.js';
import type { Services } from '../services.js';
import { compareRules, type FieldDifference, publishedRules } from './compare-rules.js';
import { mappingInputSchema, rulesToTry } from './mapping-input.js';
import { inboundTrial, outboundTrial, type Trial } from './run-trial.js';
import { findPulled } from './stored-trials.js';

const MOST_SAMPLE_CHARACTERS = 1024 * 1024;

const previewMappingSchema = mappingInputSchema.extend({
  sample: z
    .unknown()
    .refine((sample) => sample == null || typeof sample === 'object', 'is no object')
    .refine((sample) => (JSON.stringify(sample)?.length ?? 0) <= MOST_SAMPLE_CHARACTERS, 'is larger than 1 MB')
    .optional(),
  /** In its place: a record of a pull. */
  pullSampleId: label().nullish(),
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
 * Tries rules on a sample: a snapshot of the hub's, a payload as it would be received, or a record of a pull. Writes and sends
 * nothing.
 * @throws HubError BAD_USER_INPUT, NOT_FOUND for the integration or the record
 */
export async function previewMapping(
  services: Services,
  caller: Caller,
  input: PreviewMapping,
): Promise<MappingPreview> {
  const { sample, pullSampleId, ...wanted } = checkInput(
    previewMappingSchema as z.ZodType<z.output<typeof previewMappingSchema>>,
    input,
  );
  const integration = await findIntegration(services, caller, wanted.integrationId, ['integrationId']);
  const sql = sqlOn(services.db.pool);
  const ruleSet = await rulesToTry({ sql }, caller, wanted);
  const { input: tried, trial } = await trialOf(sql, integration, ruleSet, sample, pullSampleId ?? null);
  const present = publishedRules(integration, ruleSet);
  const { output, outcomes, differences } = await compareRules(services, present, ruleSet, trial);
  return { input: tried, output, rules: outcomes, differences };
}

async function trialOf(
  sql: Sql,
  integration: OpenIntegration,
  ruleSet: RuleSet,
  sample: unknown,
  pullSampleId: string | null,
): Promise<{ input: unknown; trial: Trial }> {
  if (pullSampleId !== null && sample == null && ruleSet.direction === 'INBOUND') {
    const { record, trial } = await findPulled(sql, integration, ruleSet, pullSampleId);
    return { input: record, trial };
  }
  if (sample == null || pullSampleId !== null)
    throw new HubError('BAD_USER_INPUT', 'sample: give either this or, for inbound rules, pullSampleId.', {
      path: ['sample'],
    });
  const trial =
    ruleSet.direction === 'OUTBOUND'
      ? await outboundTrial(integration, ruleSet, sample)
      : inboundTrial(integration, Buffer.from(JSON.stringify(sample)), {});
  return { input: sample, trial };
}
