import pg from 'pg';
import type { Logger } from 'pino';
import { connectionOptions } from '../db/database.js';

const CHANNEL = 'integration_changed';
const RECONNECT_MS = 500;

/** Tells of every change to an integration, in whichever instance it was made. */
export interface ChangeListener {
  /** False while the connection is away: then nothing may be kept. */
  listening(): boolean;
  /** Resolves when it listens, or when the first try has failed; it goes on trying. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** `onChange` is called also when the connection comes back, since changes may have been missed. */
export function createChangeListener(url: string, log: Logger, onChange: () => void): ChangeListener {
  let client: pg.Client | null = null;
  let listening = false;
  let stopped = true;
  let timer: NodeJS.Timeout | undefined;

  const lose = (lost: pg.Client) => {
    if (client !== lost) return;
    client = null;
    listening = false;
    onChange();
    void lost.end().catch(() => {});
    if (!stopped) timer = setTimeout(() => void connect(), RECONNECT_MS);
  };
  const connect = async () => {
    const next = new pg.Client(connectionOptions(url));
    client = next;
    next.on('error', () => lose(next));
    next.on('end', () => lose(next));
    next.on('notification', onChange);
    try {
      await next.connect();
      await next.query(`listen ${CHANNEL}`);
      onChange();
      listening = client === next;
    } catch (error) {
      log.warn({ err: error }, 'cannot listen for changed integrations');
      lose(next);
    }
  };
  return {
    listening: () => listening,
    start: () => {
      stopped = false;
      return connect();
    },
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      const last = client;
      client = null;
      listening = false;
      await last?.end();
    },
  };
}
