import pg from 'pg';
import type { Logger } from 'pino';
import { connectionOptions } from './connection-options.js';

/** Called with what other processes sent; `null` stands for "something may have been missed: look for yourself". */
export type Listener = (payload: string | null) => void;

/** LISTEN and NOTIFY on a connection of its own. A signal is a hint: whoever listens also polls slowly. */
export interface Notifier {
  /** Hears what *other* connections send on this channel; answers how to stop. May be called before `start`. */
  listen(channel: string, listener: Listener): () => void;
  /**
   * Sends to the other processes; call it after the commit. The first call goes out at once, what follows within 5 ms goes
   * together; equal payloads go once. Lost while the database is away. A payload is at most a few hundred bytes of text.
   */
  notify(channel: string, payload?: string): void;
  /** Returns at once; connects, and connects again whenever the connection is lost. */
  start(): void;
  stop(): Promise<void>;
}

/** NOTIFY in each transaction serialises all commits; one per interval does not. */
const NOTIFY_INTERVAL_MS = 5;
const RECONNECT_FROM_MS = 50;
const RECONNECT_TO_MS = 1000;

/** One per process is enough for all modules. */
export function createNotifier(deps: { url: string; log: Logger }): Notifier {
  return new PostgresNotifier(deps.url, deps.log);
}

class PostgresNotifier implements Notifier {
  private readonly listeners = new Map<string, Set<Listener>>();
  private readonly waiting = new Map<string, Set<string>>();
  private client: pg.Client | null = null;
  private pause: NodeJS.Timeout | null = null;
  private reconnect: NodeJS.Timeout | null = null;
  private stopped = true;
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly url: string,
    private readonly log: Logger,
  ) {}

  listen(channel: string, listener: Listener): () => void {
    const known = this.listeners.get(channel);
    if (known) known.add(listener);
    else {
      this.listeners.set(channel, new Set([listener]));
      this.run(`listen ${pg.escapeIdentifier(channel)}`);
    }
    return () => void this.listeners.get(channel)?.delete(listener);
  }

  notify(channel: string, payload = ''): void {
    const payloads = this.waiting.get(channel);
    if (payloads) payloads.add(payload);
    else this.waiting.set(channel, new Set([payload]));
    if (!this.pause) this.flush();
  }

  start(): void {
    this.stopped = false;
    void this.connect(RECONNECT_FROM_MS);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    if (this.pause) clearTimeout(this.pause);
    if (this.reconnect) clearTimeout(this.reconnect);
    const client = this.client;
    this.client = null;
    await client?.end().catch(() => {});
  }

  private flush(): void {
    this.pause = null;
    if (this.waiting.size === 0 || this.stopped) return;
    const sent = [...this.waiting].flatMap(([channel, payloads]) => [...payloads].map((payload) => [channel, payload]));
    this.waiting.clear();
    this.run('select pg_notify(c, p) from unnest($1::text[], $2::text[]) as sent(c, p)', [
      sent.map(([channel]) => channel),
      sent.map(([, payload]) => payload),
    ]);
    this.pause = setTimeout(() => this.flush(), NOTIFY_INTERVAL_MS);
  }

  /** One statement after the other: a client that is busy takes no further one. */
  private run(text: string, values?: unknown[]): void {
    const { client } = this;
    if (!client) return;
    this.running = this.running
      .then(() => client.query(text, values))
      .then(
        () => {},
        (error: unknown) => this.log.debug({ err: error }, 'A notification was lost'),
      );
  }

  private async connect(retryMs: number): Promise<void> {
    const client = new pg.Client(connectionOptions(this.url));
    client.on('error', () => this.lost(client));
    client.on('end', () => this.lost(client));
    client.on('notification', (message) => this.hear(client, message));
    try {
      await client.connect();
      for (const channel of this.listeners.keys()) await client.query(`listen ${pg.escapeIdentifier(channel)}`);
    } catch (error) {
      this.log.debug({ err: error }, 'The notifier cannot reach the database yet');
      await client.end().catch(() => {});
      this.connectLater(Math.min(retryMs * 2, RECONNECT_TO_MS));
      return;
    }
    if (this.stopped) return void client.end().catch(() => {});
    this.client = client;
    for (const all of this.listeners.values()) for (const listener of all) listener(null);
  }

  private lost(client: pg.Client): void {
    if (this.client !== client) return;
    this.client = null;
    this.connectLater(RECONNECT_FROM_MS);
  }

  private connectLater(delayMs: number): void {
    if (this.stopped) return;
    if (this.reconnect) clearTimeout(this.reconnect);
    this.reconnect = setTimeout(() => void this.connect(delayMs), delayMs);
  }

  private hear(client: pg.Client, message: pg.Notification): void {
    // One's own: whoever notifies has told its own process already.
    if (message.processId === (client as unknown as { processID: number }).processID) return;
    for (const listener of this.listeners.get(message.channel) ?? []) listener(message.payload ?? '');
  }
}
