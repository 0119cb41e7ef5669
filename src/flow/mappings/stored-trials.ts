import type { PulledStock } from '../../connectors/pull.js';
import { parseExactJson } from '../../connectors/text/exact-json.js';
import type { Sql } from '../../db/database.js';
import { HubError } from '../../errors.js';
import type { RuleSet } from '../../mapping/mapping-rules.js';
import { ID_PREFIX } from '../../model/ids.js';
import type { OpenIntegration } from '../integrations/open-integration.js';
import { inboundTrial, outboundTrial, type Trial } from './run-trial.js';

/** Something stored on which rules can be tried. */
export interface StoredTrial {
  /** Of a sync event, a webhook event or a record of a pull. */
  id: string;
  entityId: string | null;
  trial: Trial;
}

/** Whatever is stored of one kind and direction, the newest first: events, and behind them records of the last pulls. */
export interface StoredTrials {
  total: number;
  /** A few at a time are in memory: each may be a megabyte. */
  read(most: number): AsyncGenerator<StoredTrial>;
}

interface Row {
  id: string;
  entity_id: string | null;
  snapshot: string | null;
  raw_body: Buffer | null;
  headers: string | null;
  own_row: string | null;
}

/** Read at once. */
const PAGE = 10;
const IS_SAMPLE = new RegExp(`^${ID_PREFIX.PullSample}_`);

const SENT = `select id::text, entity_id, payload::text as snapshot from sync_events
where integration_id = $1 and entity_type = $2 and direction = 'OUTBOUND' and payload is not null
  and ($4::text is null or id < $4::bigint) order by sync_events.id desc limit $3`;

const RECEIVED = `select id, entity_id, raw_body, headers::text from webhook_events
where integration_id = $1 and entity_type = $2 and ($4::text is null or (created_at, id) < (
  select created_at, id from webhook_events where id = $4)) order by created_at desc, id desc limit $3`;

const PULLED = `select id, null as entity_id, record::text as snapshot, own_row::text from pull_samples
where integration_id = $1 and entity_type = $2 and ($4::text is null or id < $4) order by id desc limit $3`;

/**
 * What is older than `before`; null: everything.
 * @throws HubError BAD_USER_INPUT where `before` is the id of nothing of the kind
 */
export async function findStored(
  sql: Sql,
  integration: OpenIntegration,
  ruleSet: RuleSet,
  before: string | null,
): Promise<StoredTrials> {
  const of = [integration.id, ruleSet.entityType];
  const sources = sourcesOf(ruleSet, before);
  let total = 0;
  for (const { statement, from } of sources) {
    const count = `select count(*)::int as total from (${statement}) stored`;
    total += (await sql<{ total: number }>(count, [...of, null, from]))[0]?.total ?? 0;
  }
  async function* read(most: number) {
    let left = most;
    for (const { statement, from } of sources) {
      let after = from;
      while (left > 0) {
        const size = Math.min(PAGE, left);
        const rows = await sql<Row>(statement, [...of, size, after]);
        for (const row of rows)
          yield { id: row.id, entityId: row.entity_id, trial: await trialOf(integration, ruleSet, row) };
        left -= rows.length;
        after = rows.at(-1)?.id ?? null;
        if (rows.length < size) break;
      }
    }
  }
  return { total, read };
}

function sourcesOf({ direction }: RuleSet, before: string | null): { statement: string; from: string | null }[] {
  if (direction === 'OUTBOUND') {
    if (before === null || /^\d{1,18}$/.test(before)) return [{ statement: SENT, from: before }];
    throw new HubError('BAD_USER_INPUT', 'before: is no `next` of a page before.', { path: ['before'] });
  }
  if (before !== null && IS_SAMPLE.test(before)) return [{ statement: PULLED, from: before }];
  return [
    { statement: RECEIVED, from: before },
    { statement: PULLED, from: null },
  ];
}

function trialOf(integration: OpenIntegration, ruleSet: RuleSet, row: Row): Trial | Promise<Trial> {
  if (row.raw_body) return inboundTrial(integration, row.raw_body, JSON.parse(row.headers ?? '{}'));
  if (row.own_row) return pulledTrial(row.snapshot ?? 'null', row.own_row);
  return outboundTrial(integration, ruleSet, JSON.parse(row.snapshot ?? 'null'));
}

function pulledTrial(record: string, ownRow: string): Trial {
  return { document: parseExactJson(record), row: JSON.parse(ownRow) as Partial<PulledStock> };
}

/** @throws HubError NOT_FOUND */
export async function findPulled(sql: Sql, integration: OpenIntegration, { entityType }: RuleSet, id: string) {
  const statement = `select record::text as record, own_row::text as own_row from pull_samples
    where id = $1 and integration_id = $2 and entity_type = $3`;
  const [row] = await sql<{ record: string; own_row: string }>(statement, [id, integration.id, entityType]);
  if (row) return { record: JSON.parse(row.record) as unknown, trial: pulledTrial(row.record, row.own_row) };
  throw new HubError(
    'NOT_FOUND',
    `There is no record ${id} of the last pulls of this kind: \`pullSamples\` lists them.`,
    { path: ['pullSampleId'] },
  );
}
