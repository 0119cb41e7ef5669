import type { Connection, Connector, Effect } from '../../src/connectors/connector.js';
import type { EntityType } from '../../src/model/statuses.js';

/** A connector and what the suite has to know of it. */
export interface ConnectorSubject {
  connector: Connector;
  /** `http`: its upstream has an address, and can fail as HTTP does. `files`: it shares a folder with the simulator. */
  reach?: 'http' | 'files';
  credentials: Record<string, string>;
  /** The module that exports its `buildSimulator`. Left out: `simulator.js` in the connector's folder. */
  simulator?: URL;
  /** The keys that the simulator accepts, where the credentials have other names for them. */
  simulatorKeys?: { apiKey: string; apiSecret: string };
  /** Settings besides `timeout`, which the suite sets. */
  settings(url: string): Record<string, unknown>;
  /** Values that must appear in nothing that is kept. */
  secrets: string[];
  /** One entity of each type that it sends, with the name of its collection in the simulator's state. */
  entities: {
    entityType: EntityType;
    collection: string;
    snapshot: NonNullable<Effect['snapshot']>;
    changed: NonNullable<Effect['snapshot']>;
  }[];
  /** Requests of one undisturbed delivery, once the connection has what it keeps (a token). */
  callsPerDelivery: number;
  /** The write, where a delivery has several requests: the one that the faults hit. Left out: the first request. */
  faultAt?: { method: string; path: string };
  /** The question by which a state is read, where the faults of questions are to be tried as well. */
  readAt?: { method: string; path: string };
  /** It signs in anew when it is told 401, so that one 401 is overcome, by so many further requests. */
  callsToSignInAgain?: number;
  /** Statuses that are final here although other upstreams mean them to be tried again. */
  final?: number[];
  /** Nothing is read back there, no status is sent there, and first and later writes are the same call. */
  writesOnly?: true;
  /** What its webhooks do in another way: a status of the simulator's that moves something, and what identifies an event. */
  webhooks?: { status: string; means: string; identity: 'body' };
}

/** Longer than a busy machine takes for anything. */
const TIMEOUT_MS = 20_000;
/** Each fault that ends in a timeout costs as much. */
export const SHORT_TIMEOUT_MS = 600;

export function settingsOf(subject: ConnectorSubject, url: string, timeout = TIMEOUT_MS): unknown {
  return subject.connector.settings.parse({ ...subject.settings(url), timeout });
}

/** Where the connection reaches to: an address, and a folder for files. */
export interface Place {
  url: string;
  filesRoot: string;
}

export function connect(
  subject: ConnectorSubject,
  { url, filesRoot }: Place,
  http: Parameters<Connector['connect']>[1],
  timeout?: number,
): Connection {
  const settings = settingsOf(subject, url, timeout);
  const credentials = subject.connector.credentials.parse(subject.credentials);
  return subject.connector.connect({ credentials, settings, filesRoot }, http);
}

export function effectOf(entityType: EntityType, snapshot: Effect['snapshot'], more: Partial<Effect> = {}): Effect {
  return {
    syncEventId: '1',
    idempotencyKey: 'key-1',
    operation: 'CREATE',
    entityType,
    entityId: snapshot?.id ?? '',
    snapshot,
    externalId: null,
    attempt: 1,
    ...more,
  };
}

export function firstEffect({ entities: [first] }: ConnectorSubject): Effect {
  if (!first) throw new Error('A connector that is tested by this suite sends something.');
  return effectOf(first.entityType, first.snapshot);
}

export async function deliverTo(connection: Connection, effect: Effect) {
  const result = await connection.deliver(effect);
  if (result.kind !== 'delivered') throw new Error(`${result.code}: ${result.message}`);
  return result;
}

/** The status of an entity of a kind that has one, to be matched. */
export function statusOf(snapshot: Effect['snapshot'] | undefined): { status?: string } {
  return snapshot && 'status' in snapshot ? { status: snapshot.status } : {};
}
