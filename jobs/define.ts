import type { Logger } from 'pino';
import type { Services } from '../src/flow/services.js';
import { nextRunAfter } from '../src/model/cron.js';

/** What a run is given beside the services. */
export interface JobRun {
  /** Aborts when the hub stops or another instance has taken the job over: end soon, leave the rest to the next run. */
  signal: AbortSignal;
  /** How far it is, in percent; seen in the schema within seconds. */
  progress(percent: number): void;
  /** Whether a person asked for this run, beside the schedule. */
  asked: boolean;
  log: Logger;
}

/** Work that the hub does by the clock. It may be cut off anywhere and run again: it must be harmless to repeat. */
export interface JobDefinition {
  /** kebab-case, also the file's name. */
  name: string;
  /** One line for people: what it does. */
  title: string;
  /** Cron, in UTC. */
  schedule: string;
  run(services: Services, run: JobRun): Promise<void>;
}

const MAX_EARLY_MS = 5_000;

/** How much too early a timer may fire, because clocks differ: half the schedule's interval, 5 s at most. */
export function toleranceMs(schedule: string, now: Date): number {
  const first = nextRunAfter(schedule, now);
  const interval = nextRunAfter(schedule, first).getTime() - first.getTime();
  return Math.min(MAX_EARLY_MS, interval / 2);
}
