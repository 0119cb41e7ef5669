import { z } from 'zod';
import { scheduleOf } from '../../connectors/schedule.js';
import type { OpenIntegration } from '../integrations.js';
import type { PullTimes } from './pull-run.js';

const MINUTE_MS = 60_000;
const FULL_EVERY_MS = 60 * MINUTE_MS;
const OVERLAP_MS = 5 * MINUTE_MS;
/** What was read is fresh for so long, or until some minutes after the next pull was due. */
const FRESH_MS = 15 * MINUTE_MS;
const LATE_MS = 5 * MINUTE_MS;
/** Shorter than {@link FRESH_MS}: while all is well nothing is ever called stale. */
const DEFAULT_MINUTES = 10;

/** Of any connector: the setting that says how often it is read; null: only when somebody asks. */
const Setting = z.object({
  pullEveryMinutes: z.number().min(1).nullable().default(DEFAULT_MINUTES).catch(DEFAULT_MINUTES),
});

/** Milliseconds between two pulls of an integration; null: none is started so, because it has a schedule of its own or none. */
export function pullEveryMs({ settings }: Pick<OpenIntegration, 'settings'>): number | null {
  if (scheduleOf(settings) !== null) return null;
  const { pullEveryMinutes } = Setting.parse(settings ?? {});
  return pullEveryMinutes === null ? null : pullEveryMinutes * MINUTE_MS;
}

export function pullTimesOf(integration: OpenIntegration): PullTimes {
  const everyMs = pullEveryMs(integration);
  const freshMs = everyMs === null ? FRESH_MS : Math.max(FRESH_MS, everyMs + LATE_MS);
  return { fullEveryMs: FULL_EVERY_MS, overlapMs: OVERLAP_MS, freshMs };
}
