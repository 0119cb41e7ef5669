import { z } from 'zod';
import { isCron, nextRunAfter } from '../model/cron.js';

const SHORTEST_MS = 60_000;
const LONGEST_MS = 7 * 24 * 3_600_000;

/** Settings that every connector has: when its integration is asked for news by itself. Both left out: as its kind does. */
export const scheduleSettings = {
  schedule: z
    .string()
    .refine(isCron, 'must be a cron expression such as "*/10 * * * *"')
    .nullish()
    .describe('When everything that can be read is read: cron, in UTC.'),
  syncInterval: z
    .int()
    .min(SHORTEST_MS)
    .max(LONGEST_MS)
    .nullish()
    .describe('The same by milliseconds between two times; counts where there is no schedule.'),
};

const { schedule: Schedule, syncInterval: Interval } = scheduleSettings;
const INTERVAL = /^every (\d+) ms$/;

/** Of any connector's settings: a cron expression, `every … ms`, or null: there is none. */
export function scheduleOf(settings: unknown): string | null {
  const { schedule, syncInterval } = (settings ?? {}) as Record<string, unknown>;
  const intervalMs = Interval.safeParse(syncInterval).data;
  return Schedule.safeParse(schedule).data ?? (intervalMs ? every(intervalMs) : null);
}

/** A schedule by milliseconds between two times. */
export const every = (intervalMs: number): string => `every ${intervalMs} ms`;

/** When it is next. @throws Error when the schedule is none that {@link scheduleOf} answers */
export function nextPollAfter(schedule: string, after: Date): Date {
  const [, intervalMs] = INTERVAL.exec(schedule) ?? [];
  return intervalMs ? new Date(after.getTime() + Number(intervalMs)) : nextRunAfter(schedule, after);
}
