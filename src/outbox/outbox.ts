import { v7 } from 'uuid';
import type { Tx } from '../db/database.js';
import { type ErrorCode, HubError } from '../errors.js';
import type { EntityType, Operation } from '../model/statuses.js';
import { toJson } from '../model/to-json.js';
import { currentTraceparent } from '../model/trace.js';
import { isEventId } from './event-id.js';
import { ENQUEUE } from './sql/enqueue.js';
import { FIND_DEAD_LETTER } from './sql/find-dead-letter.js';
import { HURRY } from './sql/hurry.js';
import { LOCK_LANE } from './sql/lock-lane.js';
import { REDRIVE } from './sql/redrive.js';
import { RELEASE } from './sql/release.js';
import { SKIP } from './sql/skip.js';
import { SKIP_ALL } from './sql/skip-all.js';

/** An effect to be accepted: its row is written in the caller's transaction. */
export interface NewSyncEvent {
  merchantId: string;
  integrationId: string;
  entityType: EntityType;
  /** The public id; the integration's id for work on the integration as a whole. */
  entityId: string;
  operation: Operation;
  /** What is sent on every attempt. */
  payload: unknown;
  /** The first try included. */
  maxAttempts: number;
  /** Left out: a new one is made. */
  idempotencyKey?: string;
  /** Higher first, within the integration. Default 0. */
  priority?: number;
  /** The first try comes no earlier: an instant, or its text. Left out: at once. */
  notBefore?: Date | string | null;
  /** Waits until it is released; `notBefore` then only tells when that is expected. */
  held?: boolean;
  /** The integration whose news it carries on; left out: it is the hub's own, or a person's. */
  toldBy?: string | null;
}

/** Why an effect is passed over, and how that is shown. */
export interface PassedOver {
  reason: string;
  code: ErrorCode;
  /** What the link becomes where nothing else waits. */
  state: 'SYNCED' | 'SKIPPED';
}

/** Which dead letters: null means any. */
export interface DeadLetterSelection {
  merchantId: string | null;
  ids: string[] | null;
  integrationId: string | null;
  entityType: EntityType | null;
  entityId: string | null;
  errorCodes: string[] | null;
  createdFrom: string | null;
  createdTo: string | null;
}

export interface HeldSelection {
  integrationId: string;
  most: number;
}

/** An entity in an integration. */
export interface LinkOf {
  integrationId: string;
  entityType: EntityType;
  entityId: string;
}

/** How use cases speak to the outbox. Every call is part of the caller's transaction; the dispatcher wakes after its commit. */
export interface Outbox {
  /** Ids of the sync events, in the order given. Makes the links and lanes that are missing. */
  enqueue(tx: Tx, events: NewSyncEvent[]): Promise<string[]>;
  /** Puts dead letters back in the queue with a fresh set of attempts; answers how many. */
  redrive(tx: Tx, selection: DeadLetterSelection): Promise<number>;
  /** Lets held events go, the oldest first, of the integration; answers how many. */
  release(tx: Tx, held: HeldSelection): Promise<number>;
  /** Ends a dead letter or waiting event without sending it; its lane goes on. @throws HubError INVALID_STATE */
  skip(tx: Tx, id: string, reason: string): Promise<void>;
  /** Writes down an effect that is not sent, so that everybody sees why. */
  passOver(tx: Tx, event: NewSyncEvent, why: PassedOver): Promise<void>;
  /** Ends whatever waits for an integration without sending it, but for what is being sent; answers how many. */
  skipAll(tx: Tx, integrationId: string, reason: string): Promise<number>;
  /**
   * Skips the dead letter that parks this entity's lane, if there is one: a newer event says the same. One that may have
   * created the entity upstream, unknown to the hub, is remembered by the link and repeated before the newer event is sent.
   */
  supersede(tx: Tx, link: LinkOf): Promise<void>;
  /** What is held of this entity, or waits for another try, is sent at once; its attempts stay counted. */
  hurry(tx: Tx, link: LinkOf): Promise<void>;
}

export interface OutboxDeps {
  /** Called after each commit that made something claimable: the dispatcher of this process, and word to the others. */
  wake(): void;
  /** Called after each commit that wrote changes, so that the feed seals them at once. */
  changed(): void;
}

/** The outbox of one process. Holds no state: any number of them share one database. */
export function createOutbox(deps: OutboxDeps): Outbox {
  const announce = announceTo(deps);
  return {
    async enqueue(tx, events) {
      if (events.length > 0) announce(tx);
      return enqueue(tx, events);
    },
    async redrive(tx, selection) {
      const [row] = await tx.sql<{ affected: number }>(REDRIVE, toParameters(selection));
      announce(tx);
      return row?.affected ?? 0;
    },
    async release(tx, { integrationId, most }) {
      const rows = await tx.sql(RELEASE, [integrationId, null, null, most]);
      if (rows.length > 0) announce(tx);
      return rows.length;
    },
    skip: async (tx, id, reason) => {
      if (!(await skip(tx, id, reason))) throw cannotSkip(id);
      announce(tx);
    },
    passOver: async (tx, event, why) => {
      await passOver(tx, event, why);
      announce(tx);
    },
    async skipAll(tx, integrationId, reason) {
      const [row] = await tx.sql<{ skipped: number }>(SKIP_ALL, [integrationId, reason]);
      announce(tx);
      return row?.skipped ?? 0;
    },
    async supersede(tx, link) {
      if (await supersede(tx, link)) announce(tx);
    },
    hurry: async (tx, link) => {
      if (await hurry(tx, link)) announce(tx);
    },
  };
}

const announceTo = (deps: OutboxDeps) => (tx: Tx) =>
  tx.afterCommit(() => {
    deps.wake();
    deps.changed();
  });

function toRow(event: NewSyncEvent) {
  return {
    merchant: event.merchantId,
    integration: event.integrationId,
    type: event.entityType,
    entity: event.entityId,
    operation: event.operation,
    payload: event.payload,
    max_attempts: event.maxAttempts,
    key: event.idempotencyKey ?? v7(),
    priority: event.priority ?? 0,
    not_before: event.notBefore ?? null,
    traceparent: currentTraceparent(),
    held: event.held ?? false,
    told_by: event.toldBy ?? null,
  };
}

function toParameters(selection: DeadLetterSelection): unknown[] {
  const { merchantId, ids, integrationId, entityType, entityId, errorCodes, createdFrom, createdTo } = selection;
  const known = ids?.filter(isEventId) ?? null;
  return [merchantId, known, integrationId, entityType, entityId, errorCodes, createdFrom, createdTo];
}

async function enqueue(tx: Tx, events: NewSyncEvent[]): Promise<string[]> {
  if (events.length === 0) return [];
  const rows = await tx.sql<{ id: string }>(ENQUEUE, [toJson(events.map(toRow))]);
  return rows.map(({ id }) => id);
}

async function passOver(tx: Tx, event: NewSyncEvent, { reason, code, state }: PassedOver): Promise<void> {
  const [id] = await enqueue(tx, [event]);
  await tx.sql(SKIP, [id, reason, code, state, true]);
}

async function supersede(tx: Tx, link: LinkOf): Promise<boolean> {
  const [dead] = await tx.sql<{ id: string }>(FIND_DEAD_LETTER, namesOf(link));
  return dead !== undefined && skip(tx, dead.id, 'Superseded by a newer sync event.');
}

async function hurry(tx: Tx, link: LinkOf): Promise<boolean> {
  const released = await tx.sql(RELEASE, [...namesOf(link), 1]);
  return (await tx.sql(HURRY, namesOf(link))).length + released.length > 0;
}

const namesOf = ({ integrationId, entityType, entityId }: LinkOf) => [integrationId, entityType, entityId];

async function skip(tx: Tx, id: string, reason: string): Promise<boolean> {
  if (!isEventId(id)) return false;
  await tx.sql(LOCK_LANE, [id]);
  return (await tx.sql(SKIP, [id, reason, null, 'SKIPPED', false])).length > 0;
}

const cannotSkip = (id: string) =>
  new HubError(
    'INVALID_STATE',
    `Sync event ${id} is being sent or has ended: only one that waits or is a dead letter can be skipped.`,
  );
