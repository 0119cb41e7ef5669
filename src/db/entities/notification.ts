import { defineEntity, p } from '@mikro-orm/core';
import { EntityType, NotificationStatus } from '../../model/statuses.js';

/** One message to people. Its row is what is to be said and whether it was. */
export const Notification = defineEntity({
  name: 'Notification',
  tableName: 'notifications',
  properties: {
    id: p.text().primary(),
    /** Null: about the hub as a whole. */
    merchantId: p.text().nullable(),
    /** What it is about, e.g. `order.shipped`, `alert.opened`. */
    kind: p.text(),
    entityType: p
      .enum(() => EntityType)
      .columnType('text')
      .nullable(),
    entityId: p.text().nullable(),
    integrationId: p.text().nullable(),
    /** Unique per merchant: the same occasion makes one message. */
    dedupKey: p.text(),
    subject: p.text(),
    body: p.text(),
    /** Mail addresses; empty: the operators. */
    recipients: p.array().columnType('text[]').defaultRaw(`'{}'`),
    status: p
      .enum(() => NotificationStatus)
      .columnType('text')
      .default('PENDING'),
    /** Counted when it is claimed, so that one whose outcome was lost counts too. */
    attempts: p.integer().default(0),
    /** Fences off whoever claimed it before. */
    token: p.bigint('string').default('0'),
    /** When it is tried next; while it is claimed, when the claim ends. */
    dueAt: p.datetime().defaultRaw('now()'),
    /** The channels that have sent it: `mail`, `slack`, `webhook`. */
    sentBy: p.array().columnType('text[]').defaultRaw(`'{}'`),
    lastError: p.text().nullable(),
    createdAt: p.datetime().defaultRaw('now()'),
    sentAt: p.datetime().nullable(),
  },
});
