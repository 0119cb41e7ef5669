import type { Tx } from '../../db/database.js';

/** A job as it stands now, over all instances. */
export interface JobState {
  name: string;
  /** One line for people: what it does. */
  title: string;
  /** Cron, in UTC. */
  schedule: string;
  paused: boolean;
  running: boolean;
  lastStartedAt: Date | null;
  lastFinishedAt: Date | null;
  /** `ABANDONED`: its instance died; another takes it over. */
  lastOutcome: 'OK' | 'FAILED' | 'ABANDONED' | null;
  lastError: string | null;
  lastDurationMs: number | null;
  /** Percent, of the present run or the last one; null: the job tells none. */
  progress: number | null;
  /** Null while it is paused. */
  nextRunAt: Date | null;
}

/** The part of the jobs that use cases may ask for. An unknown name is a HubError NOT_FOUND that lists the known ones. */
export interface JobRunner {
  list(): Promise<JobState[]>;
  /** Asks for a run beside the schedule, paused or not; it starts after the commit. @throws HubError INVALID_STATE: it runs already */
  run(tx: Tx, name: string): Promise<void>;
  /** Keeps the schedule from starting it; a run that has begun goes on. */
  pause(tx: Tx, name: string): Promise<void>;
  resume(tx: Tx, name: string): Promise<void>;
}
