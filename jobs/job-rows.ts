import type { Sql } from '../src/db/database.js';
import type { JobState } from '../src/flow/jobs/job-runner.js';
import { nextRunAfter } from '../src/model/cron.js';
import { type JobDefinition, toleranceMs } from './define.js';

/** The right to run a job once: whoever holds the highest token holds it, until the lease ends. */
export interface Claim {
  token: string;
  /** The instance that held it before died in the middle. */
  abandoned: boolean;
  /** A person asked for this run. */
  asked: boolean;
}

/** Makes the rows that are missing; a changed schedule counts from now. */
export async function registerJobs(sql: Sql, definitions: readonly JobDefinition[], now: Date): Promise<void> {
  await sql(
    `insert into jobs (name, schedule, next_run_at)
     select * from unnest($1::text[], $2::text[], $3::timestamptz[])
     on conflict (name) do update set schedule = excluded.schedule, next_run_at = excluded.next_run_at
     where jobs.schedule <> excluded.schedule`,
    [
      definitions.map(({ name }) => name),
      definitions.map(({ schedule }) => schedule),
      definitions.map(({ schedule }) => nextRunAfter(schedule, now)),
    ],
  );
}

/** Names of the jobs that should have been started so long ago, or whose instance died. */
export async function findOverdueJobs(sql: Sql, overdueMs: number): Promise<string[]> {
  const rows = await sql<{ name: string }>(
    `select name from jobs where (lease is null or lease < now())
       and (asked_at < now() - $1 * interval '1 ms'
         or not paused and (lease is not null or next_run_at < now() - $1 * interval '1 ms'))`,
    [overdueMs],
  );
  return rows.map(({ name }) => name);
}

/** Takes the job if it is due and nobody runs it; otherwise null. A run that was asked for is due even while paused. */
export async function claimJob(
  sql: Sql,
  definition: JobDefinition,
  owner: string,
  leaseMs: number,
): Promise<Claim | null> {
  const now = new Date();
  const early = toleranceMs(definition.schedule, now);
  const next = nextRunAfter(definition.schedule, new Date(now.getTime() + early));
  const [claim] = await sql<Claim>(
    `with due as (
       select name, lease is not null as abandoned, asked_at is not null as asked from jobs
       where name = $1 and (lease is null or lease < now())
         and (asked_at is not null or not paused and (lease is not null or next_run_at <= now() + $5 * interval '1 ms'))
       for no key update skip locked
     )
     update jobs set token = token + 1, owner = $2, lease = now() + $3 * interval '1 ms', next_run_at = $4,
       asked_at = null, started_at = now(), progress = null
     from due where jobs.name = due.name
     returning token::text, due.abandoned, due.asked`,
    [definition.name, owner, leaseMs, next, early],
  );
  return claim ?? null;
}

/** Answers false when another instance has taken the job over. */
export async function extendLease(
  sql: Sql,
  name: string,
  token: string,
  leaseMs: number,
  progress: number | null,
): Promise<boolean> {
  const rows = await sql(
    `update jobs set lease = now() + $3 * interval '1 ms', progress = $4 where name = $1 and token = $2 returning 1`,
    [name, token, leaseMs, progress],
  );
  return rows.length > 0;
}

/** How a run ended. */
export interface JobEnd {
  error: string | null;
  durationMs: number;
  progress: number | null;
}

/** Writes how the run ended; answers false, and writes nothing, when another instance has taken the job over. */
export async function finishJob(sql: Sql, name: string, token: string, end: JobEnd): Promise<boolean> {
  const rows = await sql(
    `update jobs set lease = null, owner = null, finished_at = now(), outcome = $3, error = $4, duration_ms = $5,
       progress = $6
     where name = $1 and token = $2 returning 1`,
    [name, token, end.error === null ? 'OK' : 'FAILED', end.error, end.durationMs, end.progress],
  );
  return rows.length > 0;
}

/** Answers false when it runs already. */
export async function askForRun(sql: Sql, name: string): Promise<boolean> {
  const rows = await sql(
    `update jobs set asked_at = now() where name = $1 and (lease is null or lease < now()) returning 1`,
    [name],
  );
  return rows.length > 0;
}

export async function setPaused(sql: Sql, definition: JobDefinition, paused: boolean): Promise<void> {
  const next = nextRunAfter(definition.schedule, new Date());
  await sql('update jobs set paused = $2, next_run_at = $3 where name = $1', [definition.name, paused, next]);
}

interface JobRow {
  name: string;
  paused: boolean;
  running: boolean;
  abandoned: boolean;
  started_at: string | null;
  finished_at: string | null;
  outcome: JobState['lastOutcome'];
  error: string | null;
  duration_ms: number | null;
  progress: number | null;
  next_run_at: string;
}

/** Every job, in the order given. */
export async function listJobs(sql: Sql, definitions: readonly JobDefinition[]): Promise<JobState[]> {
  const rows = await sql<JobRow>(
    `select *, coalesce(lease >= now(), false) as running, coalesce(lease < now(), false) as abandoned from jobs`,
  );
  const byName = new Map(rows.map((row) => [row.name, row]));
  return definitions.map((definition) => stateOf(definition, byName.get(definition.name)));
}

function stateOf({ name, title, schedule }: JobDefinition, row: JobRow | undefined): JobState {
  return {
    name,
    title,
    schedule,
    paused: row?.paused ?? false,
    running: row?.running ?? false,
    lastStartedAt: timeOf(row?.started_at),
    lastFinishedAt: timeOf(row?.finished_at),
    lastOutcome: row?.abandoned ? 'ABANDONED' : (row?.outcome ?? null),
    lastError: row?.error ?? null,
    lastDurationMs: row?.duration_ms ?? null,
    progress: row?.progress ?? null,
    nextRunAt: row?.paused ? null : (timeOf(row?.next_run_at) ?? nextRunAfter(schedule, new Date())),
  };
}

function timeOf(text: string | null | undefined): Date | null {
  return text ? new Date(text) : null;
}
