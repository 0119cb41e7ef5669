import type { InboundEvent } from '../../connectors/inbound-event.js';
import type { PulledStock } from '../../connectors/pull.js';
import { HubError } from '../../errors.js';
import type { MappingRun } from '../../mapping/apply-rules.js';
import type { RuleSet } from '../../mapping/mapping-rules.js';
import type { OpenIntegration } from '../integrations/open-integration.js';
import type { Services } from '../services.js';
import { receiverOf } from '../webhooks/choose-webhook-integration.js';
import { mapEvent } from '../webhooks/map-inbound.js';
import { completeStock } from '../webhooks/map-items.js';
import { ownBody } from './own-body.js';

/**
 * What is mapped: an event as its connector reads it, a row of a pull with what it was made of, or any document with what the
 * rules write into.
 */
export type Trial =
  | { event: InboundEvent }
  | { document: unknown; row: Partial<PulledStock> }
  | { document: unknown; target: unknown };

/** An outbound trial: the rules write into the body that the connector makes of the snapshot. */
export async function outboundTrial(integration: OpenIntegration, ruleSet: RuleSet, snapshot: unknown): Promise<Trial> {
  return { document: snapshot, target: await ownBody(integration, ruleSet.entityType, snapshot) };
}

/** An inbound trial: the rules write into what the connector reads from the bytes; into nothing where it cannot read them. */
export function inboundTrial(integration: OpenIntegration, rawBody: Buffer, headers: Record<string, string>): Trial {
  try {
    return { event: receiverOf(integration, { headers }).parse({ headers, rawBody }, integration.settings) };
  } catch (error) {
    if (error instanceof HubError) return { document: JSON.parse(new TextDecoder().decode(rawBody)), target: {} };
    throw error;
  }
}

/**
 * Runs rules as they would be run if they were published, and tells what became of each; without rules, the connector's
 * own mapping alone. Numbers of the output that were written digit by digit are as a client will see them.
 */
export async function runTrial(
  { mappings }: Pick<Services, 'mappings'>,
  ruleSet: RuleSet | null,
  trial: Trial,
): Promise<MappingRun<unknown>> {
  const { bound, outcomes } = mappings.trial(ruleSet ? [ruleSet] : []);
  const output = await mapped();
  return {
    output: toPlain(output),
    outcomes: outcomes.map((outcome) => ({ ...outcome, value: toPlain(outcome.value) })),
  };

  async function mapped(): Promise<unknown> {
    if ('event' in trial) {
      const { payload: _, defaulted: __, ...fields } = await mapEvent(bound, trial.event);
      return fields;
    }
    if (!ruleSet) return 'row' in trial ? trial.row : trial.target;
    const { entityType, direction } = ruleSet;
    if ('row' in trial) {
      const row = await bound.inbound(entityType, trial.document, trial.row);
      return completeStock(row, bound.inboundTargets(entityType));
    }
    const { document, target } = trial;
    return direction === 'OUTBOUND'
      ? bound.outbound(entityType, document, target)
      : bound.inbound(entityType, document, target as object);
  }
}

const toPlain = (value: unknown): unknown => JSON.parse(JSON.stringify(value ?? null));
