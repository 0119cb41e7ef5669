import { z } from 'zod';
import { every, nextPollAfter, scheduleOf } from '../../connectors/schedule.js';
import type { OpenIntegration } from '../integrations/open-integration.js';
import type { PullTimes } from './pull-run.js';

const MINUTE_MS = 60_000;
const FULL_EVERY_MS = 60 * MINUTE_MS;
const OVERLAP_MS = 5 * MINUTE_MS;
/** What was read is fresh for so long, or until some minutes after the next pull was due. */
const FRESH_MS = 15 * MINUTE_MS;
const LATE_MS = 5 * MINUTE_MS;
/** Shorter than {@link FRESH_MS}: while all is well nothing is ever called stale. */
const DEFAULT_MINUTES = 10;

/** Of any connector: the setting that says how often it is read where no schedule is set; null: only when somebody asks. */
const Setting = z.object({
  pullEveryMinutes: z.number().min(1).nullable().default(DEFAULT_MINUTES).catch(DEFAULT_MINUTES),
});

type Scheduled = Pick<OpenIntegration, 'mode' | 'settings' | 'connector'>;

/** The schedule that somebody has set for an integration; null: none, or it only takes webhooks. */
export function ownScheduleOf({ mode, settings, connector }: Scheduled): string | null {
  if (mode === 'WEBHOOK') return null;
  // The interval of one with a timetable is the timetable's.
  return scheduleOf(connector.timetable ? { ...(settings as object), syncInterval: null } : settings);
}

/** When an integration is read whose settings have no schedule, as {@link ownScheduleOf} has it; null: only when asked. */
export function defaultScheduleOf({ mode, settings }: Scheduled): string | null {
  const { pullEveryMinutes } = Setting.parse(settings ?? {});
  return mode === 'WEBHOOK' || pullEveryMinutes === null ? null : every(pullEveryMinutes * MINUTE_MS);
}

export function pullTimesOf(integration: Scheduled, now: Date): PullTimes {
  const schedule = ownScheduleOf(integration) ?? defaultScheduleOf(integration);
  const untilNextMs = schedule === null ? 0 : nextPollAfter(schedule, now).getTime() - now.getTime();
  return {
    fullEveryMs: FULL_EVERY_MS,
    overlapMs: OVERLAP_MS,
    freshMs: Math.max(FRESH_MS, untilNextMs + LATE_MS),
  };
}
