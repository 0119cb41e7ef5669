import { ERRORS, type ErrorCode } from '../errors.js';
import type { Services } from './services.js';

/** How often a dead letter is put back without anybody asking, and how old it may be. */
const MOST_REDRIVES = 10;
const MOST_AGE = '7 days';
const PAGE = 1000;

const RETRYABLE = (Object.keys(ERRORS) as ErrorCode[]).filter((code) => ERRORS[code].retryable);

const DUE = `select e.id::text from lanes l join sync_events e on e.lane_id = l.id and e.seq = l.head + 1
where l.parked and e.status = 'FAILED' and e.error_code = any($1) and e.created_at > now() - interval '${MOST_AGE}'
  and not exists (select from integrations i where i.id = e.integration_id and i.connector = any($3))
  and e.attempt_count < e.max_attempts * ${MOST_REDRIVES + 1} and e.id > $2 order by e.id limit ${PAGE}`;

const NO_FURTHER_SELECTION = {
  merchantId: null,
  integrationId: null,
  entityType: null,
  entityId: null,
  errorCodes: RETRYABLE,
  createdFrom: null,
  createdTo: null,
};

/** What a round of retries came to. */
export interface RetriedFailures {
  redriven: number;
  /** Webhook events that waited for an entity that is there by now. */
  applied: number;
}

/**
 * Puts dead letters back whose error may have gone away by itself, each at most 10 times and for 7 days, and applies
 * the webhook events that wait although their entity is known. Those of a connector that fails for good stay. Harmless to repeat; `signal` ends it between two pages.
 */
export async function retryFailed(services: Services, signal?: AbortSignal): Promise<RetriedFailures> {
  let redriven = 0;
  const final = services.connectors.filter(({ failsForGood }) => failsForGood).map(({ name }) => name);
  for (let after = '0'; !signal?.aborted; ) {
    const { rows } = await services.db.pool.query<{ id: string }>(DUE, [RETRYABLE, after, final]);
    const ids = rows.map(({ id }) => id);
    if (ids.length > 0) {
      redriven += await services.db.transaction((tx) => services.outbox.redrive(tx, { ...NO_FURTHER_SELECTION, ids }));
    }
    if (ids.length < PAGE) break;
    after = ids.at(-1) ?? after;
  }
  return { redriven, applied: await services.inbox.applyStragglers() };
}
