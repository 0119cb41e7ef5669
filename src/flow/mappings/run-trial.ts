import { HubError } from '../../errors.js';
import type { MappingRun } from '../../mapping/apply-rules.js';
import type { RuleSet } from '../../mapping/mapping-rules.js';
import { receiverOf } from '../choose-webhook-integration.js';
import type { OpenIntegration } from '../integrations.js';
import { whole } from '../map-inbound.js';
import type { Services } from '../services.js';
import { ownBody } from './own-body.js';

/** What is mapped: a hub's snapshot, or a received payload with the fields that the connector reads from it. */
export interface Trial {
  document: unknown;
  target: unknown;
}

/** An outbound trial: the rules write into the body that the connector makes of the snapshot. */
export async function outboundTrial(integration: OpenIntegration, ruleSet: RuleSet, snapshot: unknown): Promise<Trial> {
  return { document: snapshot, target: await ownBody(integration, ruleSet.entityType, snapshot) };
}

/** An inbound trial: the rules write into what the connector reads from the bytes; into nothing where it cannot read them. */
export function inboundTrial(integration: OpenIntegration, rawBody: Buffer, headers: Record<string, string>): Trial {
  try {
    const { payload, ...fields } = receiverOf(integration, { headers }).parse(
      { headers, rawBody },
      integration.settings,
    );
    return { document: payload, target: fields };
  } catch (error) {
    if (error instanceof HubError) return { document: JSON.parse(rawBody.toString()), target: {} };
    throw error;
  }
}

/** The outcome with a target that is plain JSON: numbers that were written digit by digit are as a client will see them. */
export async function runTrial(
  { mappings }: Pick<Services, 'mappings'>,
  ruleSet: RuleSet | null,
  { document, target }: Trial,
): Promise<MappingRun<unknown>> {
  if (!ruleSet) return { output: toPlain(target), outcomes: [] };
  const { output, outcomes } = await mappings.run(ruleSet, document, target);
  const kept = ruleSet.direction === 'INBOUND' ? whole(target as never, output as never) : output;
  return {
    output: toPlain(kept),
    outcomes: outcomes.map((outcome) => ({ ...outcome, value: toPlain(outcome.value) })),
  };
}

const toPlain = (value: unknown): unknown => JSON.parse(JSON.stringify(value ?? null));
