import { defineEntity, p } from '@mikro-orm/core';
import { EntityType } from '../../model/statuses.js';
import { Integration } from './integration.js';

/** One run that sends an integration's system everything of some kinds that is not in step there. */
export const FullSync = defineEntity({
  name: 'FullSync',
  tableName: 'full_syncs',
  properties: {
    id: p.text().primary(),
    merchantId: p.text(),
    integration: () => p.manyToOne(Integration),
    syncEventId: p.bigint('string').nullable(),
    entityTypes: p.array().columnType('text[]'),
    /** Only what has come or changed since then, where an integration was off; null: everything. */
    since: p.datetime().nullable(),
    /** `QUEUED`, `RUNNING`, `COMPLETE`, `FAILED` or `CANCELLED`. */
    state: p.text().default('QUEUED'),
    /** The kind that it is at, and the id of the last one that it has looked at. */
    entityType: p
      .enum(() => EntityType)
      .columnType('text')
      .nullable(),
    position: p.text().default(''),
    totalCount: p.integer().default(0),
    lookedCount: p.integer().default(0),
    sentCount: p.integer().default(0),
    refusedCount: p.integer().default(0),
    createdAt: p.datetime().defaultRaw('now()'),
    updatedAt: p.datetime().defaultRaw('now()'),
    finishedAt: p.datetime().nullable(),
    errorCode: p.text().nullable(),
    errorMessage: p.text().nullable(),
  },
});
