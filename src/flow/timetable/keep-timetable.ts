import type { Task } from '../../connectors/connector.js';
import { nextPollAfter } from '../../connectors/schedule.js';
import type { OpenIntegration } from '../integrations/open-integration.js';
import type { Services } from '../services.js';
import { toExpected } from '../to-expected.js';
import { doTask } from './do-task.js';

/** A task that is new or whose schedule has changed counts from now; whether a system is well is asked at once. */
const KEEP = `
with wanted as (select * from unnest($3::text[], $4::text[], $5::timestamptz[]) as w (task, schedule, next_run_at)),
gone as (delete from integration_tasks where integration_id = $1 and task <> all ($3))
insert into integration_tasks as t (integration_id, merchant_id, task, schedule, next_run_at)
select $1, $2, task, schedule, case when task = 'CHECK_HEALTH' then now() else next_run_at end from wanted
on conflict (integration_id, task) do update set schedule = excluded.schedule, next_run_at = excluded.next_run_at
where t.schedule <> excluded.schedule`;

/** The job that calls this comes once a minute, never to the millisecond. */
const DUE = `
select task, schedule from integration_tasks where integration_id = $1 and next_run_at <= now() +
  case when schedule like 'every %' then interval '15 s' else interval '0' end order by task`;

const DONE = `update integration_tasks set last_run_at = now(), next_run_at = $3, last_error = $4
where integration_id = $1 and task = $2`;

/**
 * Does what an integration's timetable has due and puts down when it is next; answers the tasks. One that is cut off is
 * done again: all of them are harmless to repeat.
 * @throws HubError the first failure, after the other tasks are done
 */
export async function keepTimetable(
  services: Services,
  integration: OpenIntegration,
  signal: AbortSignal,
): Promise<Task[]> {
  const { id } = integration;
  const { pool } = services.db;
  await writeDown(services, integration);
  const { rows } = await pool.query<{ task: Task; schedule: string }>(DUE, [id]);
  let failure: Error | null = null;
  for (const { task, schedule } of rows) {
    const error = await doTask(services, integration, task, signal).then(
      () => null,
      // Put down like any failure: else it would come again every minute and hold up the tasks behind it.
      (reason: unknown) => toExpected(reason, 'task', services.log, { integrationId: id, task }),
    );
    if (signal.aborted) break;
    failure ??= error;
    await pool.query(DONE, [id, task, nextPollAfter(schedule, new Date()), error?.message ?? null]);
  }
  if (failure) throw failure;
  return rows.map(({ task }) => task);
}

async function writeDown(services: Services, { id, merchantId, connector, settings }: OpenIntegration): Promise<void> {
  const tasks = Object.entries(connector.timetable?.(settings) ?? {}).flatMap(([task, schedule]) =>
    schedule === null ? [] : [{ task, schedule, nextRunAt: nextPollAfter(schedule, new Date()) }],
  );
  await services.db.pool.query(KEEP, [
    id,
    merchantId,
    tasks.map(({ task }) => task),
    tasks.map(({ schedule }) => schedule),
    tasks.map(({ nextRunAt }) => nextRunAt),
  ]);
}
