import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Logger } from 'pino';
import { connectionOptions } from '../db/connection-options.js';
import { createOutageLog } from '../db/outage-log.js';
import { BURY_INSTANCES } from './sql/bury-instances.js';
import { REGISTER_INSTANCE } from './sql/register-instance.js';

/** How many instances there are, and how many of them were there before this one. */
export interface Standing {
  living: number;
  before: number;
}

/** This instance among the living, known to the others by a lock that PostgreSQL releases when its session ends. */
export interface Presence {
  /** 0 before the first registration. Another one after the database was away and others took this one for dead. */
  instanceId(): number;
  /** Among how many this instance is, and where it stands; as it was 200 ms ago at most while the database answers. */
  standing(): Standing;
  /** Registers, then keeps registered whatever happens to the connection; resolves after the first time. */
  start(): Promise<void>;
  /** `clean`: nothing is claimed any more, so that nobody need look after this instance. */
  stop(clean: boolean): Promise<void>;
}

export interface PresenceDeps {
  url: string;
  /** Called when lanes of dead instances were reopened. */
  onBuried(): void;
  log: Logger;
}

const LOCK_CLASS = 0x53_4c_6f_62;
const POLL_MS = 200;

export function createPresence(deps: PresenceDeps): Presence {
  const outage = createOutageLog(deps.log, 'Registering this instance');
  let client: pg.Client | null = null;
  let id = 0;
  let standing: Standing = { living: 1, before: 0 };
  const stopping = new AbortController();
  const look = async () => {
    if (!client) {
      const opened = await open(deps, (lost) => {
        if (client === lost) client = null;
      });
      client = opened;
      id = await register(opened, id);
    }
    standing = await bury(client, id, deps);
    outage.worked();
  };
  const watch = async (registered: () => void) => {
    while (!stopping.signal.aborted) {
      try {
        await look().then(registered);
      } catch (error) {
        outage.failed(error);
        await client?.end().catch(() => {});
        client = null;
      }
      await sleep(POLL_MS, undefined, { signal: stopping.signal }).catch(() => {});
    }
  };
  let watching = Promise.resolve();
  return {
    instanceId: () => id,
    standing: () => standing,
    start: () => new Promise((resolve) => (watching = watch(resolve))),
    stop: async (clean) => {
      stopping.abort();
      await watching.then(() => client && leave(client, id, clean));
    },
  };
}

async function leave(client: pg.Client, id: number, clean: boolean): Promise<void> {
  if (clean) await client.query('delete from instances where id = $1', [id]).catch(() => {});
  await client.end().catch(() => {});
}

async function open(deps: PresenceDeps, onLost: (client: pg.Client) => void): Promise<pg.Client> {
  const client = new pg.Client(connectionOptions(deps.url));
  client.on('error', () => onLost(client));
  client.on('end', () => onLost(client));
  await client.connect();
  return client;
}

/** Goes on as who it was, unless another instance has buried it meanwhile. */
async function register(client: pg.Client, known: number): Promise<number> {
  if (known !== 0 && (await retake(client, known))) return known;
  const { rows } = await client.query<{ id: number }>(REGISTER_INSTANCE, [LOCK_CLASS]);
  return rows[0]?.id ?? 0;
}

/** The row is looked at after the lock is held: a burial in between would have deleted it. */
async function retake(client: pg.Client, known: number): Promise<boolean> {
  const { rows } = await client.query<{ taken: boolean }>('select pg_try_advisory_lock($1, $2) as taken', [
    LOCK_CLASS,
    known,
  ]);
  if (!rows[0]?.taken) return false;
  return (await client.query('select from instances where id = $1', [known])).rowCount === 1;
}

async function bury(client: pg.Client, id: number, deps: PresenceDeps): Promise<Standing> {
  const { rows } = await client.query<{ instances: number; lanes: number } & Standing>({
    name: 'outbox-bury',
    text: BURY_INSTANCES,
    values: [id, LOCK_CLASS],
  });
  const { living = 1, before = 0, ...buried } = rows[0] ?? { instances: 0 };
  if (buried.instances > 0) {
    deps.log.warn(buried, 'Instances died; their work was reopened');
    deps.onBuried();
  }
  return { living: Math.max(living, 1), before };
}
