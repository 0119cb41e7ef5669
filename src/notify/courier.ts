import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Sql } from '../db/database.js';
import { createOutageLog } from '../db/outage-log.js';
import type { Channel } from './channel.js';
import { type ClaimedMessage, claimNotifications, type Ending, endClaim, markSentBy } from './claim-notifications.js';

export interface CourierDeps {
  /** Each statement commits by itself: no transaction is open while a message is sent. */
  sql: Sql;
  channels: readonly Channel[];
  log: Logger;
  /** Put before a line that is a path of the hub; left out: such lines stay as they are. */
  publicUrl?: string | null;
  /** How long a claim holds; longer than all channels together take. A dead courier's messages go on after it. */
  leaseMs?: number;
  /** Delay after the first failure; each further one is twice as long. */
  backoffMs?: number;
  /** Between two looks at what is due. */
  pollMs?: number;
}

/** Sends what {@link notify} wrote. Any number of them share one database. */
export interface Courier {
  start(): void;
  /** Resolves when nothing is being sent any more. */
  stop(): Promise<void>;
}

const POLL_MS = 500;
const AT_ONCE = 10;
const LEASE_MS = 120_000;
const BACKOFF_MS = 2_000;
const LONGEST_BACKOFF_MS = 600_000;
const PATH_LINE = /^\/\S+$/gm;
/** With the pauses in between about a quarter of an hour. */
const MOST_ATTEMPTS = 10;

export function createCourier(deps: CourierDeps): Courier {
  const stopping = new AbortController();
  const outage = createOutageLog(deps.log, 'Sending notifications');
  let running: Promise<void> = Promise.resolve();
  const run = async () => {
    while (!stopping.signal.aborted) {
      const sent = await sendDue(deps).then(
        (count) => {
          outage.worked();
          return count;
        },
        (error) => {
          outage.failed(error);
          return 0;
        },
      );
      if (sent < AT_ONCE) await sleep(deps.pollMs ?? POLL_MS, undefined, { signal: stopping.signal }).catch(() => {});
    }
  };
  return {
    start: () => {
      running = run();
    },
    stop: async () => {
      stopping.abort();
      await running;
      for (const channel of deps.channels) channel.close();
    },
  };
}

/** One round; answers how many messages it took. */
async function sendDue(deps: CourierDeps): Promise<number> {
  const claimed = await claimNotifications(deps.sql, AT_ONCE, deps.leaseMs ?? LEASE_MS);
  await Promise.all(claimed.map((message) => send(deps, message)));
  return claimed.length;
}

async function send(deps: CourierDeps, claimed: ClaimedMessage): Promise<void> {
  const { token: _, attempts, sentBy, ...kept } = claimed;
  const message = { ...kept, body: kept.body.replace(PATH_LINE, `${deps.publicUrl ?? ''}$&`) };
  const channels = deps.channels.filter((channel) => channel.takes(message));
  const problems: string[] = [];
  for (const channel of channels.filter(({ name }) => !sentBy.includes(name))) {
    const problem = await channel.send(message).then(() => null, reasonOf);
    if (problem === null) await markSentBy(deps.sql, claimed, channel.name);
    else problems.push(`${channel.name}: ${problem}`);
  }
  const ending = endingOf(deps, channels.length, problems, attempts);
  await endClaim(deps.sql, claimed, ending);
  const fields = { notificationId: message.id, kind: message.kind, attempts, ...ending };
  if (problems.length > 0) deps.log.warn(fields, 'notification');
  else deps.log.info(fields, 'notification');
}

function endingOf(deps: CourierDeps, channels: number, problems: string[], attempts: number): Ending {
  if (channels === 0) return { status: 'KEPT' };
  if (problems.length === 0) return { status: 'SENT' };
  const error = problems.join('; ');
  if (attempts >= MOST_ATTEMPTS) return { status: 'FAILED', error };
  const delayMs = Math.min((deps.backoffMs ?? BACKOFF_MS) * 2 ** (attempts - 1), LONGEST_BACKOFF_MS);
  return { status: 'PENDING', error, delayMs };
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : 'failed';
}
