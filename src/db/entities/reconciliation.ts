import { defineEntity, p } from '@mikro-orm/core';
import { EntityType } from '../../model/statuses.js';
import { Integration } from './integration.js';

/** One comparison of what an integration's system has with what the hub has. */
export const Reconciliation = defineEntity({
  name: 'Reconciliation',
  tableName: 'reconciliations',
  properties: {
    id: p.text().primary(),
    merchantId: p.text(),
    integration: () => p.manyToOne(Integration),
    syncEventId: p.bigint('string').nullable(),
    entityTypes: p.array().columnType('text[]'),
    periodFrom: p.datetime(),
    periodTo: p.datetime(),
    /** `QUEUED`, `RUNNING`, `COMPLETE`, `FAILED` or `CANCELLED`. */
    state: p.text().default('QUEUED'),
    recordsRead: p.integer().default(0),
    differenceCount: p.integer().default(0),
    /** Records that could not be read or compared. */
    problemCount: p.integer().default(0),
    createdAt: p.datetime().defaultRaw('now()'),
    updatedAt: p.datetime().defaultRaw('now()'),
    finishedAt: p.datetime().nullable(),
    errorCode: p.text().nullable(),
    errorMessage: p.text().nullable(),
  },
});

/** One thing that differs. */
export const ReconciliationDifference = defineEntity({
  name: 'ReconciliationDifference',
  tableName: 'reconciliation_differences',
  properties: {
    id: p.text().primary(),
    merchantId: p.text(),
    integration: () => p.manyToOne(Integration),
    reconciliation: () => p.manyToOne(Reconciliation),
    entityType: p.enum(() => EntityType).columnType('text'),
    entityId: p.text().nullable(),
    externalId: p.text().nullable(),
    /** `MISSING_HERE`, `MISSING_THERE` or `FIELD_DIFFERS`. */
    kind: p.text(),
    field: p.text().nullable(),
    hereValue: p.text().nullable(),
    thereValue: p.text().nullable(),
    /** Which way the proposed repair goes: `IN` to the hub, `OUT` to the system. */
    direction: p.text(),
    /** The system's record as it was told. */
    details: p.json<unknown>().nullable(),
    /**
     * `OPEN`; `REPAIRING` until the sync event that repairs it has been delivered, then `REPAIRED`, or `FAILED` when it has
     * failed for good; `MOVED`: it was no longer so when it was to be repaired.
     */
    state: p.text().default('OPEN'),
    message: p.text().nullable(),
    syncEventId: p.bigint('string').nullable(),
    createdAt: p.datetime().defaultRaw('now()'),
    repairedAt: p.datetime().nullable(),
  },
});
