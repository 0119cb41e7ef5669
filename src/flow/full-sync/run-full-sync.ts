import type { Connector } from '../../connectors/connector.js';
import { sqlOn } from '../../db/database.js';
import { HubError } from '../../errors.js';
import type { OpenIntegration } from '../integrations/open-integration.js';
import { type RunState, requireUncancelled } from '../require-uncancelled.js';
import type { Sendable } from '../sendable.js';
import type { Services } from '../services.js';
import { toExpected } from '../to-expected.js';
import { countSelected, selectedOf } from './selected.js';
import { BATCH, syncBatch } from './sync-batch.js';

type Kind = Sendable['entityType'];

const BEGIN = `update full_syncs set state = 'RUNNING', error_code = null, error_message = null, finished_at = null,
  updated_at = now()
where sync_event_id = $1 and state <> 'CANCELLED' returning id, entity_types as "entityTypes", entity_type as "entityType", position,
  to_json(since) #>> '{}' as since, total_count as total`;

const COUNTED = 'update full_syncs set total_count = $2 where id = $1';

/** What was sent since it last changed needs no further look. */
const pageOf = (kind: Kind, connector: Connector) => `
select e.id, coalesce(k.state = 'SYNCED' and k.synced_at >= e.updated_at, false) as in_step
${selectedOf(kind, connector)} and e.id > $4 order by e.id limit ${BATCH}`;

/** What came or changed since they were counted is looked at, too. */
const MOVE = `update full_syncs set entity_type = $2, position = $3, looked_count = looked_count + $4,
  total_count = greatest(total_count, looked_count + $4), sent_count = sent_count + $5, refused_count = refused_count + $6, updated_at = now() where id = $1 returning state`;

const END = `update full_syncs set state = $2, error_code = $3, error_message = $4, finished_at = now(), updated_at = now()
where id = $1 and state = 'RUNNING'`;

interface Run {
  id: string;
  entityTypes: Kind[];
  /** Where the run was when it was cut off; null: nowhere yet. */
  entityType: Kind | null;
  position: string;
  since: string | null;
  /** 0: not counted yet. */
  total: number;
}

/**
 * Sends an integration's system all that is not in step there, in batches of 50, for the run that a sync event asked for;
 * answers whether there is one that is not cancelled. A run that was cut off goes on where it was.
 * @throws HubError CANCELLED after the batch during which it was, INTEGRATION_DISABLED, DATABASE_UNAVAILABLE, INTERNAL
 */
export async function runFullSync(
  services: Services,
  integration: OpenIntegration,
  syncEventId: string,
  signal: AbortSignal,
): Promise<boolean> {
  const { pool } = services.db;
  const { rows } = await pool.query<Run>(BEGIN, [syncEventId]);
  const [run] = rows;
  if (!run) return false;
  try {
    if (run.total === 0) await count(services, integration, run);
    const from = run.entityTypes.indexOf(run.entityType ?? 'ORDER');
    for (const kind of run.entityTypes.slice(Math.max(0, from)))
      await syncAll(services, integration, run, kind, signal);
    await pool.query(END, [run.id, 'COMPLETE', null, null]);
  } catch (error) {
    const known = toExpected(error, 'full sync', services.log, { integrationId: integration.id });
    if (signal.aborted || !(known instanceof HubError)) throw known;
    await pool.query(END, [run.id, 'FAILED', known.code, known.message]).catch(() => {});
    throw known;
  }
  return true;
}

async function count(
  { db }: Services,
  { id: integrationId, merchantId, connector }: OpenIntegration,
  { id, since, entityTypes: kinds }: Run,
): Promise<void> {
  const sql = sqlOn(db.pool);
  const total = await countSelected(sql, { merchantId, integrationId, kinds, connector, since });
  await sql(COUNTED, [id, total]);
}

async function syncAll(
  services: Services,
  { id: integrationId, merchantId, connector }: OpenIntegration,
  run: Run,
  kind: Kind,
  signal: AbortSignal,
): Promise<void> {
  const { pool } = services.db;
  for (let after = run.entityType === kind ? run.position : ''; ; ) {
    signal.throwIfAborted();
    const values = [merchantId, integrationId, run.since, after];
    const page = await pool.query<{ id: string; in_step: boolean }>(pageOf(kind, connector), values);
    const ids = page.rows.filter(({ in_step }) => !in_step).map(({ id }) => id);
    const { sent, refused } = await syncBatch(services, integrationId, kind, ids);
    after = page.rows.at(-1)?.id ?? after;
    const moved = await pool.query<RunState>(MOVE, [run.id, kind, after, page.rows.length, sent, refused]);
    requireUncancelled(moved.rows);
    if (page.rows.length < BATCH) return;
  }
}
