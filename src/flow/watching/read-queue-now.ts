import type { Caller } from '../../access/caller.js';
import { sqlOn } from '../../db/database.js';
import { readWaitingWebhooks } from '../../inbox/waiting-webhooks.js';
import { readQueueStates } from '../../outbox/queue-states.js';
import { hiddenFrom } from '../access/require-access.js';
import type { Services } from '../services.js';

/** Numbers of sync events, but for the last two. */
export interface QueueNow {
  active: number;
  retrying: number;
  deadLetters: number;
  overdueMs: number;
  /** Webhook events that wait for their entity, and how long the oldest one does. */
  waitingWebhooks: number;
  oldestWaitingWebhookMs: number;
}

/** What waits now of one integration, or one connector's, or of all that the caller may see. */
export async function readQueueNow(
  services: Services,
  caller: Caller,
  request: { integrationId: string | null; connector: string | null },
): Promise<QueueNow> {
  const own = new Set(
    caller.merchantId === null ? [] : (await services.integrations.byMerchant(caller.merchantId)).map(({ id }) => id),
  );
  const hidden = hiddenFrom(services, caller);
  const isWanted = ({ integrationId, connector }: { integrationId: string; connector: string }) =>
    (request.integrationId === null || integrationId === request.integrationId) &&
    (request.connector === null || connector === request.connector) &&
    (caller.merchantId === null || own.has(integrationId)) &&
    !hidden.includes(connector);
  const states = (await readQueueStates(sqlOn(services.db.pool))).filter(isWanted);
  const waiting = (await readWaitingWebhooks(sqlOn(services.db.pool))).filter(isWanted);
  const sum = (read: (state: (typeof states)[number]) => number) => states.reduce((all, one) => all + read(one), 0);
  return {
    active: sum(({ active }) => active),
    retrying: sum(({ retrying }) => retrying),
    deadLetters: sum(({ deadLetters }) => deadLetters),
    overdueMs: Math.round(Math.max(0, ...states.map(({ overdueMs }) => overdueMs))),
    waitingWebhooks: waiting.reduce((all, { count }) => all + count, 0),
    oldestWaitingWebhookMs: Math.round(Math.max(0, ...waiting.map(({ oldestMs }) => oldestMs))),
  };
}
