import { defineEntity, p } from '@mikro-orm/core';
import { CircuitState, EntityType, Health } from '../../model/statuses.js';
import { Integration } from './integration.js';

/** A view: how one integration is doing. Its id is the integration's. */
export const ConnectorHealth = defineEntity({
  name: 'ConnectorHealth',
  tableName: 'connector_health',
  properties: {
    id: p.text().primary(),
    merchantId: p.text(),
    integration: () => p.manyToOne(Integration),
    health: p.enum(() => Health).columnType('text'),
    circuit: p.enum(() => CircuitState).columnType('text'),
    checkedAt: p.datetime().nullable(),
    latencyMs: p.integer().nullable(),
    successRate: p.decimal().columnType('numeric').nullable(),
    queueDepth: p.integer(),
    oldestPendingSeconds: p.integer().nullable(),
    lastError: p.text().nullable(),
  },
});

/** A view: what happened to one entity, whoever did it. */
export const TimelineEntry = defineEntity({
  name: 'TimelineEntry',
  tableName: 'timeline_entries',
  properties: {
    /** `event:42`, `attempt:42.1`, `webhook:whe_…`, `change:…` or `audit:7`. */
    id: p.text().primary(),
    merchantId: p.text().nullable(),
    entityType: p.text().nullable(),
    entityId: p.text(),
    at: p.datetime(),
    kind: p.text(),
    title: p.text(),
    outcome: p.text().nullable(),
    actor: p.text().nullable(),
    integrationId: p.text().nullable(),
    sourceId: p.text().nullable(),
    details: p.json<unknown>(),
  },
});

/** A view: why an entity is stuck, one row per cause; those of one entity and integration are a chain. */
export const Blocker = defineEntity({
  name: 'Blocker',
  tableName: 'blockers',
  properties: {
    /** Sorts by entity and integration, then by place: `link:7:1`, `order:ord_…` or `webhook:whe_…:1`. */
    id: p.text().primary(),
    merchantId: p.text(),
    entityType: p.enum(() => EntityType).columnType('text'),
    entityId: p.text(),
    integration: () => p.manyToOne(Integration).nullable(),
    place: p.integer(),
    code: p.text(),
    message: p.text(),
    since: p.datetime(),
    nextStep: p.text(),
    nextAt: p.datetime().nullable(),
    mutation: p.text().nullable(),
    variables: p.json<unknown>().nullable(),
  },
});

/** Counts that a query makes; no table stands behind it. */
export const SyncStatistics = defineEntity({
  name: 'SyncStatistics',
  tableName: 'sync_statistics',
  properties: {
    entityType: p
      .enum(() => EntityType)
      .columnType('text')
      .primary(),
    merchantId: p.text().nullable(),
    pending: p.integer(),
    success: p.integer(),
    failed: p.integer(),
    retrying: p.integer(),
    skipped: p.integer(),
    total: p.integer(),
  },
});
