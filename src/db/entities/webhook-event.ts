import { defineEntity, p } from '@mikro-orm/core';
import { EntityType, WebhookStatus } from '../../model/statuses.js';
import { Integration } from './integration.js';

/** One received webhook. */
export const WebhookEvent = defineEntity({
  name: 'WebhookEvent',
  tableName: 'webhook_events',
  properties: {
    id: p.text().primary(),
    merchantId: p.text(),
    integration: () => p.manyToOne(Integration),
    /** The sender's identity of the event; unique per integration. */
    eventId: p.text(),
    eventType: p.text(),
    entityType: p
      .enum(() => EntityType)
      .columnType('text')
      .nullable(),
    entityId: p.text().nullable(),
    externalId: p.text().nullable(),
    status: p.enum(() => WebhookStatus).columnType('text'),
    payload: p.json<unknown>().nullable(),
    /** What the connector made of the body; an event that waits is applied from it. */
    event: p.json<unknown>(),
    rawBody: p.blob(),
    headers: p.json<Record<string, string>>().defaultRaw(`'{}'`),
    answer: p.json<unknown>().nullable(),
    errorCode: p.text().nullable(),
    errorMessage: p.text().nullable(),
    traceparent: p.text().nullable(),
    occurredAt: p.datetime(),
    /** The event's own time, where it lay too far ahead of the hub's clock to be believed. */
    datedAt: p.datetime().nullable(),
    createdAt: p.datetime().defaultRaw('now()'),
    processedAt: p.datetime().nullable(),
  },
});
