import { sqlOn } from '../../db/database.js';
import { compactRollups } from '../../rollup/compact.js';
import { rollUp } from '../../rollup/roll-up.js';
import type { Services } from '../services.js';

/** Counts whatever came since the last time, in short statements, then merges what is old. */
export async function rollUpMetrics(services: Services, signal?: AbortSignal): Promise<void> {
  await rollUp(services.db, Number.POSITIVE_INFINITY, signal);
  await compactRollups(sqlOn(services.db.pool));
}
