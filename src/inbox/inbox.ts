import { isUtf8 } from 'node:buffer';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../db/database.js';
import { HubError } from '../errors.js';
import type { WebhookStatus } from '../model/statuses.js';
import { acceptBatch } from './accept-batch.js';
import { applyStragglers, applyWaiting, HELD_DELAYS_MS, type ReplayedEvent, reapply, replay } from './apply-waiting.js';
import type { Acceptance, Appeared, ReceivedEvent } from './events.js';
import { shareStatements } from './share-statements.js';

export interface Inbox {
  /**
   * Stores and applies; resolves after the commit. Requests that wait while a statement is in flight share the next one.
   * @throws HubError DATABASE_UNAVAILABLE, or INVALID_SHAPE or INVALID_JSON for what cannot be stored exactly
   */
  accept(received: ReceivedEvent): Promise<Acceptance>;
  /**
   * Applies again what is kept as FAILED for an entity that has appeared; called, after its commit, by whatever makes an
   * entity or its external id known. Answers how many were applied.
   * @throws HubError DATABASE_UNAVAILABLE
   */
  applyWaiting(entity: Appeared): Promise<number>;
  /** The same for every event that waits although its entity is there: for a job, where a call was lost with its process. */
  applyStragglers(): Promise<number>;
  /**
   * Judges kept events again by what their connector makes of them now, unless they are PROCESSED; answers how many came
   * out otherwise than before.
   */
  replay(events: ReplayedEvent[]): Promise<number>;
}

export interface InboxDeps {
  db: Pick<Database, 'queuePool'>;
  /** Told after each commit that wrote changes, so that the feed seals them at once. */
  onCommit(): void;
  /** Told of every event that was accepted, repeated ones included. */
  onAccepted?(webhook: { integrationId: string; status: WebhookStatus; duplicate: boolean }): void;
}

const MAX_BATCH = 500;
const CONCURRENCY = 2;
const WORTH_ANOTHER = 64;
const MAX_WAITING = 5_000;
const HELD_RETRY_AFTER_MS = 5_000;

/** Needs the pool of the queues, and whoever wakes the feed's sealer. */
export function createInbox(deps: InboxDeps): Inbox {
  const pool = deps.db.queuePool;
  const wakeAfter = async <T>(work: Promise<T>): Promise<T> => {
    const result = await work;
    deps.onCommit();
    return result;
  };
  const acceptShared = shareStatements<ReceivedEvent, Acceptance | null>({
    maxBatch: MAX_BATCH,
    concurrency: CONCURRENCY,
    worthAnother: WORTH_ANOTHER,
    maxWaiting: MAX_WAITING,
    run: async (batch) => {
      const settled = await wakeAfter(acceptBatch(pool, batch));
      void recheck(settled);
      return settled;
    },
  });
  /** An entity may appear between the statement's snapshot and its commit, when nobody could see that an event waits. */
  const recheck = async (settled: PromiseSettledResult<Acceptance | null>[]) => {
    const ids = settled.flatMap((one) =>
      one.status === 'fulfilled' && one.value && isNewlyWaiting(one.value) ? one.value.webhookEventId : [],
    );
    if (ids.length === 0) return;
    // The events are stored: whatever fails here is left to `applyStragglers`.
    await wakeAfter(reapply(pool, ids)).catch(() => {});
  };
  return {
    accept: async (received) => {
      if (!isUtf8(received.rawBody)) throw new HubError('INVALID_JSON', 'The body is not JSON in UTF-8.');
      const acceptance = await untilFree(() => acceptShared(received));
      deps.onAccepted?.({ integrationId: received.integrationId, ...acceptance });
      return acceptance;
    },
    applyWaiting: (entity) => wakeAfter(applyWaiting(pool, entity)),
    applyStragglers: () => wakeAfter(applyStragglers(pool)),
    replay: (events) => wakeAfter(replay(pool, events)),
  };
}

const isNewlyWaiting = ({ errorCode, duplicate }: Acceptance) => errorCode === 'UNKNOWN_ENTITY' && !duplicate;

/** An event whose entity another transaction holds joins later batches, so that it delays nobody but itself. */
async function untilFree(accept: () => Promise<Acceptance | null>): Promise<Acceptance> {
  for (const delayMs of HELD_DELAYS_MS) {
    const acceptance = await accept();
    if (acceptance) return acceptance;
    await sleep(delayMs);
  }
  throw new HubError('DATABASE_UNAVAILABLE', 'What the event is about is held by another transaction: send it again.', {
    retryAfterMs: HELD_RETRY_AFTER_MS,
  });
}
