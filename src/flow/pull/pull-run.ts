import type pg from 'pg';
import type { RowProblem } from '../../connectors/pull.js';
import { HubError } from '../../errors.js';
import { newId } from '../../model/ids.js';
import type { EntityType } from '../../model/statuses.js';
import { storable } from '../keep-problems.js';
import { cancelled, type RunState, requireUncancelled } from '../require-uncancelled.js';

/** More tell nothing new; the count goes on. */
const MOST_PROBLEMS = 10_000;

const ABANDON = `update pulls set state = 'FAILED', finished_at = now(), updated_at = now(), error_code = 'INTERNAL',
  error_message = 'It was cut off; the next run starts anew.'
where integration_id = $1 and entity_type = $2 and state = 'RUNNING'`;

/** Whoever asks again for the same sync event wants to see the problems of its last run of each kind. */
const FORGET_PROBLEMS = `delete from row_problems r using pulls p
where r.sync_event_id = $1 and p.id = r.pull_id and p.entity_type = $2`;

/** Everything, unless a complete pull is less than `$3` ms ago and nobody asked for all of it. */
const SINCE = `
insert into pull_states (integration_id, entity_type) values ($1, $2)
on conflict (integration_id, entity_type) do update set entity_type = excluded.entity_type
returning case when not full_wanted and full_at > now() - $3 * interval '1 ms' then watermark end as since, clock_timestamp() as now`;

const BEGIN = `insert into pulls (id, merchant_id, integration_id, entity_type, sync_event_id, since, started_at)
values ($1, $2, $3, $4, $5, $6, $7)`;

const NOTE = `update pulls set rows_read = rows_read + $2, rows_changed = rows_changed + $3, rows_removed = rows_removed + $4,
  problem_count = problem_count + $5, updated_at = clock_timestamp() where id = $1 returning problem_count, state`;

const OF_EVENT = 'select state from pulls where sync_event_id = $1';

const ADD_PROBLEMS = `insert into row_problems (merchant_id, pull_id, sync_event_id, line, column_name, value, rule)
select $1, $2, $3, * from unnest($4::int[], $5::text[], $6::text[], $7::text[])`;

const COMPLETE = `with done as (
  update pulls set state = 'COMPLETE', finished_at = now(), updated_at = now()
  where id = $1 and state = 'RUNNING' returning *
)
update pull_states s set watermark = done.started_at - $2 * interval '1 ms', succeeded_at = done.started_at,
  full_at = case when done.since is null then done.started_at else s.full_at end,
  full_wanted = s.full_wanted and done.since is not null,
  fresh_until = done.started_at + $3 * interval '1 ms'
from done where s.integration_id = done.integration_id and s.entity_type = done.entity_type`;

const FAIL = `with ended as (
  update pulls set state = 'FAILED', finished_at = now(), updated_at = now(), error_code = $2, error_message = $3
  where id = $1 and state = 'RUNNING' returning *
)
update pull_states s set failed_at = now() from ended
where s.integration_id = ended.integration_id and s.entity_type = ended.entity_type`;

/** A part changes what it holds, whenever that was. */
const EVER = '1970-01-01T00:00:00Z';

/** Times of one integration's pulls, milliseconds. */
export interface PullTimes {
  /** A complete one at least so often: deletions, and changes that carry no new time, are found by it. */
  fullEveryMs: number;
  /** A change may become visible so long after its timestamp. */
  overlapMs: number;
  /** How long what was read counts as fresh. */
  freshMs: number;
}

/** What happened since the last note. */
interface Note {
  read?: number;
  changed?: number;
  removed?: number;
  problems?: readonly RowProblem[];
}

/** A run as it is seen in the schema while it goes on. */
export interface PullRun {
  id: string;
  merchantId: string;
  integrationId: string;
  syncEventId: string;
  /** Null: everything. */
  since: Date | null;
  /** Share of what is known that may be removed, 0 to 1. */
  removeAtMost: number;
  /** @throws HubError CANCELLED once somebody has cancelled it */
  note(note: Note): Promise<void>;
  /** @throws HubError CANCELLED */
  complete(): Promise<void>;
  fail(error: HubError): Promise<void>;
}

/** Whose run it is. */
export interface PullOf {
  merchantId: string;
  integrationId: string;
  entityType: EntityType;
  syncEventId: string;
  /** Never all that there is, whatever the state says: what is missing is not gone. */
  isPart?: boolean;
  removeAtMost: number;
}

/**
 * Begins a run; one that was cut off before is ended. To be called by whoever holds the integration's lock.
 * @throws HubError CANCELLED where one of the same sync event was
 */
export async function beginRun(client: pg.Client, of: PullOf, times: PullTimes): Promise<PullRun> {
  const { merchantId, integrationId, entityType, syncEventId } = of;
  requireUncancelled((await client.query<RunState>(OF_EVENT, [syncEventId])).rows);
  await client.query(ABANDON, [integrationId, entityType]);
  await client.query(FORGET_PROBLEMS, [syncEventId, entityType]);
  const state = await client.query<{ since: string | null; now: string }>(SINCE, [
    integrationId,
    entityType,
    times.fullEveryMs,
  ]);
  const { now } = state.rows[0] ?? {};
  const since = of.isPart ? EVER : (state.rows[0]?.since ?? null);
  const id = newId('Pull');
  await client.query(BEGIN, [id, merchantId, integrationId, entityType, syncEventId, since, now]);
  return {
    id,
    merchantId,
    integrationId,
    syncEventId,
    removeAtMost: of.removeAtMost,
    since: since === null ? null : new Date(since),
    note: (note) => writeNote(client, of, id, note),
    complete: async () => {
      const { rowCount } = await client.query(COMPLETE, [id, times.overlapMs, times.freshMs]);
      if (rowCount === 0) throw cancelled();
    },
    fail: async ({ code, message }) => void (await client.query(FAIL, [id, code, message])),
  };
}

async function writeNote(client: pg.Client, of: PullOf, id: string, note: Note): Promise<void> {
  const { read = 0, changed = 0, removed = 0, problems = [] } = note;
  const { rows } = await client.query<RunState & { problem_count: number }>(NOTE, [
    id,
    read,
    changed,
    removed,
    problems.length,
  ]);
  await addProblems(client, of, id, problems, (rows[0]?.problem_count ?? 0) - problems.length);
  requireUncancelled(rows);
}

async function addProblems(
  client: pg.Client,
  of: PullOf,
  id: string,
  problems: readonly RowProblem[],
  before: number,
): Promise<void> {
  const kept = problems.slice(0, Math.max(0, MOST_PROBLEMS - before));
  if (kept.length === 0) return;
  await client.query(ADD_PROBLEMS, [
    of.merchantId,
    id,
    of.syncEventId,
    kept.map(({ line }) => line),
    kept.map(({ column }) => storable(column)),
    kept.map(({ value }) => storable(value)),
    kept.map(({ rule }) => storable(rule)),
  ]);
}
