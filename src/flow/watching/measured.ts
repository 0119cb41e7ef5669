import { sqlOn } from '../../db/database.js';
import { type ErrorCode, HubError } from '../../errors.js';
import { recordRun } from '../../rollup/record-run.js';
import type { Services } from '../services.js';

/**
 * Does the work and adds it to the roll-ups as a run of this name: how long it took, how it went, and what it got done.
 * A figure that cannot be written never fails the work.
 */
export async function measured<T>(
  services: Pick<Services, 'db' | 'log'>,
  { integrationId, name }: { integrationId: string; name: string },
  work: () => Promise<T>,
  countsOf: (result: T) => Record<string, number>,
): Promise<T> {
  const startedAt = performance.now();
  const record = (errorCode: ErrorCode | null, counts: Record<string, number>) => {
    const run = { integrationId, name, errorCode, durationMs: performance.now() - startedAt, counts };
    return recordRun(sqlOn(services.db.pool), run).catch((err: unknown) =>
      services.log.debug({ err }, 'run not counted'),
    );
  };
  try {
    const result = await work();
    await record(null, countsOf(result));
    return result;
  } catch (error) {
    await record(error instanceof HubError ? error.code : 'INTERNAL', {});
    throw error;
  }
}
