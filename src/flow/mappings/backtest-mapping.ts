import { z } from 'zod';
import { type Caller, requireRole } from '../../access/caller.js';
import { sqlOn } from '../../db/database.js';
import { HubError } from '../../errors.js';
import type { RuleOutcome } from '../../mapping/apply-rules.js';
import type { RuleSet } from '../../mapping/mapping-rules.js';
import { checkInput, label } from '../check-input.js';
import { findIntegration } from '../integrations/find-integration.js';
import type { OpenIntegration } from '../integrations/integrations.js';
import type { Services } from '../services.js';
import { type Comparison, compareRules, type FieldDifference, publishedRules } from './compare-rules.js';
import { mappingInputSchema, rulesToTry } from './mapping-input.js';
import { inboundTrial, outboundTrial, type Trial } from './run-trial.js';

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

/** One stored event that the rules would map otherwise than the published ones do, or not at all. */
export interface BacktestedEvent {
  /** Of a sync event, or of a webhook event. */
  eventId: string;
  entityId: string | null;
  /** Of a rule that fails, too. */
  differences: FieldDifference[];
  failures: RuleOutcome[];
}

export interface Backtest {
  /** Stored events of the kind and direction, older than `before`. */
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

interface Stored {
  id: string;
  entity_id: string | null;
  snapshot: string | null;
  raw_body: Buffer | null;
  headers: string | null;
}

const SENT = `select id::text, entity_id, payload::text as snapshot, null::bytea as raw_body, null as headers from sync_events
where integration_id = $1 and entity_type = $2 and direction = 'OUTBOUND' and payload is not null
  and ($4::text is null or id < $4::bigint) order by sync_events.id desc limit $3`;

const RECEIVED = `select id, entity_id, null as snapshot, raw_body, headers::text from webhook_events
where integration_id = $1 and entity_type = $2 and ($4::text is null or (created_at, id) < (
  select created_at, id from webhook_events where id = $4)) order by created_at desc, id desc limit $3`;

/** How many there are: `limit null` is none. */
const counted = (statement: string) => `select count(*)::int as total from (${statement}) stored`;

/**
 * Runs rules over what was last sent or received, and tells what would come out otherwise than by the published ones.
 * A long history is
 * tested page by page: `next` of one is `before` of the following, and `total` tells how much is left. Writes and sends nothing.
 * @throws HubError BAD_USER_INPUT, NOT_FOUND for the integration, FORBIDDEN
 */
export async function backtestMapping(services: Services, caller: Caller, input: BacktestMapping): Promise<Backtest> {
  requireRole(caller, 'operator');
  const wanted = checkInput(backtestMappingSchema as z.ZodType<z.output<typeof backtestMappingSchema>>, input);
  const integration = await findIntegration(services, caller, wanted.integrationId, ['integrationId']);
  const sql = sqlOn(services.db.pool);
  const draft = await rulesToTry({ sql }, caller, wanted);
  const present = publishedRules(integration, draft);
  const statement = draft.direction === 'OUTBOUND' ? SENT : RECEIVED;
  const before = wanted.before ?? null;
  if (before !== null && draft.direction === 'OUTBOUND' && !/^\d{1,18}$/.test(before))
    throw new HubError('BAD_USER_INPUT', 'before: is no `next` of a page before.', { path: ['before'] });
  const stored = await sql<Stored>(statement, [integration.id, draft.entityType, wanted.last, before]);
  const [count] = await sql<{ total: number }>(counted(statement), [integration.id, draft.entityType, null, before]);
  const total = count?.total ?? 0;
  const next = stored.length < total ? (stored.at(-1)?.id ?? null) : null;
  const result: Backtest = { total, tested: stored.length, unchanged: 0, changed: 0, failed: 0, events: [], next };
  for (const event of stored) {
    const trial = await trialOf(integration, draft, event);
    add(result, event, await compareRules(services, present, draft, trial));
  }
  return result;
}

function trialOf(integration: OpenIntegration, draft: RuleSet, event: Stored): Trial | Promise<Trial> {
  if (event.raw_body === null) return outboundTrial(integration, draft, JSON.parse(event.snapshot ?? 'null'));
  return inboundTrial(integration, event.raw_body, JSON.parse(event.headers ?? '{}'));
}

function add(result: Backtest, { id, entity_id }: Stored, { differences, outcomes }: Comparison): void {
  const failures = outcomes.filter(({ errorCode }) => errorCode !== null);
  if (failures.length > 0) result.failed += 1;
  else if (differences.length > 0) result.changed += 1;
  else {
    result.unchanged += 1;
    return;
  }
  if (result.events.length < SHOWN) result.events.push({ eventId: id, entityId: entity_id, differences, failures });
}
