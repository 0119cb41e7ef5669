import { isDeepStrictEqual } from 'node:util';
import type { Logger } from 'pino';
import type { Database } from '../../db/database.js';
import { INTEGRATION_CHANGED } from '../../db/entities/integration.js';
import type { Notifier } from '../../db/notifier.js';
import { HubError } from '../../errors.js';
import { type OpenIntegration, type OpeningDeps, openIntegration } from './open-integration.js';
import { type IntegrationRow, readIntegrations } from './read-integrations.js';

/** An integration that cannot be opened is kept with the reason. */
interface Entry {
  row: IntegrationRow;
  opened: OpenIntegration | HubError;
}

interface Entries {
  byId: ReadonlyMap<string, Entry>;
  opened: readonly OpenIntegration[];
}

export interface IntegrationCacheDeps extends OpeningDeps {
  db: Database;
  notifier: Pick<Notifier, 'listen'>;
  log: Logger;
}

/** Finds what was missed while the notifier's connection was away. */
const REREAD_MS = 5000;

/** Every integration that is not deleted, in memory. All are read anew when any instance has changed one, or after five seconds. */
export function createIntegrationCache(deps: IntegrationCacheDeps) {
  let last: Entries['byId'] = new Map();
  let kept: { reading: Promise<Entries>; at: number } | null = null;
  const drop = () => {
    kept = null;
  };
  deps.notifier.listen(INTEGRATION_CHANGED, drop);
  const read = async () => {
    const rows = await readIntegrations(deps.db);
    last = new Map(rows.map((row) => [row.id, reopen(deps, row, last.get(row.id))]));
    const opened = [...last.values()].flatMap((one) => (one.opened instanceof HubError ? [] : [one.opened]));
    return { byId: last, opened };
  };
  const entries = (): Promise<Entries> => {
    if (kept && performance.now() - kept.at < REREAD_MS) return kept.reading;
    const mine = { reading: read(), at: performance.now() };
    kept = mine;
    mine.reading.catch(() => {
      if (kept === mine) kept = null;
    });
    return mine.reading;
  };
  /** One that is not known may have been made a moment ago by another instance. */
  const find = async (id: string): Promise<Entry | undefined> => {
    const known = (await entries()).byId.get(id);
    if (known) return known;
    drop();
    return (await entries()).byId.get(id);
  };
  return { entries, find, drop };
}

/** What did not change stays open, with whatever its connection keeps. */
function reopen(deps: IntegrationCacheDeps, row: IntegrationRow, last: Entry | undefined): Entry {
  return last && isDeepStrictEqual(last.row, row) ? last : openEntry(deps, row);
}

function openEntry(deps: IntegrationCacheDeps, row: IntegrationRow): Entry {
  try {
    return { row, opened: openIntegration(deps, row) };
  } catch (error) {
    if (!(error instanceof HubError)) throw error;
    deps.log.error({ integrationId: row.id, code: error.code, reason: error.message }, 'integration cannot be opened');
    return { row, opened: error };
  }
}
