import { z } from 'zod';
import type { Caller } from '../../access/caller.js';
import { sqlOn } from '../../db/database.js';
import type { RuleOutcome } from '../../mapping/apply-rules.js';
import { checkInput, label } from '../check-input.js';
import { findIntegration } from '../integrations/find-integration.js';
import type { Services } from '../services.js';
import { type Comparison, compareRules, type FieldDifference, publishedRules } from './compare-rules.js';
import { mappingInputSchema, rulesToTry } from './mapping-input.js';
import { findStored, type StoredTrial } from './stored-trials.js';

const MOST_EVENTS = 1000;
const SHOWN = 20;

const backtestMappingSchema = mappingInputSchema.extend({
  last: z
    .int()
    .min(1, 'is below 1')
    .max(MOST_EVENTS, `is above ${MOST_EVENTS}`)
    .nullish()
    .transform((last) => last ?? 100),
  before: label().nullish(),
});
export type BacktestMapping = z.input<typeof backtestMappingSchema>;

/** One stored event or record that the rules would map otherwise than the published ones do, or not at all. */
export interface BacktestedEvent {
  /** Of a sync event, a webhook event, or a record of a pull. */
  eventId: string;
  entityId: string | null;
  /** Of a rule that fails, too. */
  differences: FieldDifference[];
  failures: RuleOutcome[];
}

export interface Backtest {
  /** Stored events and records of the kind and direction, older than `before`. */
  total: number;
  tested: number;
  /** Mapped as now. */
  unchanged: number;
  /** Mapped without failure, but otherwise than now. */
  changed: number;
  /** At least one rule fails. */
  failed: number;
  /** The newest of both kinds. */
  events: BacktestedEvent[];
  /** The oldest that was tested, to go on from as `before`; null: there are no older ones. */
  next: string | null;
}

/**
 * Runs rules over what was last sent, received or pulled, and tells what would come out otherwise than by the published
 * ones. A long history is tested page by page: `next` of one is `before` of the following, and `total` tells how much is left.
 * Writes and sends nothing.
 * @throws HubError BAD_USER_INPUT, NOT_FOUND for the integration
 */
export async function backtestMapping(services: Services, caller: Caller, input: BacktestMapping): Promise<Backtest> {
  const wanted = checkInput(backtestMappingSchema as z.ZodType<z.output<typeof backtestMappingSchema>>, input);
  const integration = await findIntegration(services, caller, wanted.integrationId, ['integrationId']);
  const sql = sqlOn(services.db.pool);
  const draft = await rulesToTry({ sql }, caller, wanted);
  const present = publishedRules(integration, draft);
  const { total, read } = await findStored(sql, integration, draft, wanted.before ?? null);
  const result: Backtest = { total, tested: 0, unchanged: 0, changed: 0, failed: 0, events: [], next: null };
  for await (const stored of read(wanted.last)) {
    add(result, stored, await compareRules(services, present, draft, stored.trial));
    result.tested += 1;
    result.next = result.tested < total ? stored.id : null;
  }
  return result;
}

function add(result: Backtest, { id, entityId }: StoredTrial, { differences, outcomes }: Comparison): void {
  const failures = outcomes.filter(({ errorCode }) => errorCode !== null);
  if (failures.length > 0) result.failed += 1;
  else if (differences.length > 0) result.changed += 1;
  else {
    result.unchanged += 1;
    return;
  }
  if (result.events.length < SHOWN) result.events.push({ eventId: id, entityId, differences, failures });
}
