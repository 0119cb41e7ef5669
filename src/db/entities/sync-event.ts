import { defineEntity, p } from '@mikro-orm/core';
import { Direction, EntityType, Operation, SyncEventStatus, SyncState } from '../../model/statuses.js';
import { Integration } from './integration.js';

/** An entity's identity and state in one integration. Also the id of its lane. */
export const SyncLink = defineEntity({
  name: 'SyncLink',
  tableName: 'links',
  properties: {
    id: p.bigint('string').primary(),
    merchantId: p.text(),
    integration: () => p.manyToOne(Integration),
    entityType: p.enum(() => EntityType).columnType('text'),
    entityId: p.text(),
    externalId: p.text().nullable(),
    externalNumber: p.text().nullable(),
    /** The sync event whose create may have happened upstream, although its id is not known here. */
    openCreate: p.bigint('string').nullable(),
    state: p
      .enum(() => SyncState)
      .columnType('text')
      .default('PENDING'),
    syncedAt: p.datetime().nullable(),
    lastError: p.text().nullable(),
    /** When the newest applied inbound event happened at the sender; older ones are ignored. */
    sourceAt: p.datetime().nullable(),
    /** Which of two events of the same instant is further along. */
    sourceRank: p.smallint().nullable(),
    /** The same of the newest that told a status: an older one of another integration is ignored. */
    statusAt: p.datetime().nullable(),
    statusRank: p.smallint().nullable(),
    /** The same of the newest that moved the entity from certain statuses only: those, and the one that it moved it to. */
    stepAt: p.datetime().nullable(),
    stepFrom: p.json<string[]>().nullable(),
    /** The same of the newest whose fields were taken. */
    fieldsAt: p.datetime().nullable(),
  },
});

/** One intended effect, in one direction, on one entity: the outbox row and the audit row. */
export const SyncEvent = defineEntity({
  name: 'SyncEvent',
  tableName: 'sync_events',
  properties: {
    id: p.bigint('string').primary(),
    /** The link's id, and the place in that lane; null for inbound events, which are applied when they are accepted. */
    laneId: p.bigint('string').nullable(),
    seq: p.bigint('string').nullable(),
    merchantId: p.text(),
    integration: () => p.manyToOne(Integration),
    entityType: p.enum(() => EntityType).columnType('text'),
    entityId: p.text(),
    externalId: p.text().nullable(),
    operation: p.enum(() => Operation).columnType('text'),
    direction: p.enum(() => Direction).columnType('text'),
    status: p
      .enum(() => SyncEventStatus)
      .columnType('text')
      .default('PENDING'),
    payload: p.json<unknown>().nullable(),
    errorCode: p.text().nullable(),
    errorMessage: p.text().nullable(),
    /** Counted when an attempt is claimed, so that one whose outcome was lost counts too. */
    attemptCount: p.integer().default(0),
    /** Attempts before the last redrive; they no longer count against `maxAttempts`. */
    forgivenAttempts: p.integer().default(0),
    maxAttempts: p.integer(),
    nextAttemptAt: p.datetime().nullable(),
    idempotencyKey: p.text(),
    /** W3C trace context of the request that caused it. */
    traceparent: p.text().nullable(),
    /** The integration whose news it carries on; null: the hub's own, or a person's. */
    toldBy: p.text().nullable(),
    createdAt: p.datetime().defaultRaw('now()'),
    updatedAt: p.datetime().defaultRaw('now()'),
    processedAt: p.datetime().nullable(),
    attempts: () => p.oneToMany(SyncAttempt).mappedBy('syncEvent').orderBy({ number: 'asc' }),
  },
});

/** One try of a sync event. Append-only. */
export const SyncAttempt = defineEntity({
  name: 'SyncAttempt',
  tableName: 'sync_attempts',
  properties: {
    syncEvent: () => p.manyToOne(SyncEvent).primary(),
    number: p.integer().primary(),
    merchantId: p.text(),
    token: p.bigint('string'),
    owner: p.integer(),
    startedAt: p.datetime(),
    durationMs: p.integer().nullable(),
    /** `DELIVERED`, `RETRY` or `REJECTED`. */
    outcome: p.text(),
    request: p.json<unknown>().nullable(),
    response: p.json<unknown>().nullable(),
    httpStatus: p.integer().nullable(),
    errorCode: p.text().nullable(),
    errorMessage: p.text().nullable(),
  },
});
