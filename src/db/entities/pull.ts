import { defineEntity, p } from '@mikro-orm/core';
import { EntityType } from '../../model/statuses.js';
import { Integration } from './integration.js';

/** One run of reading everything, or what changed, of one kind from one integration. */
export const Pull = defineEntity({
  name: 'Pull',
  tableName: 'pulls',
  properties: {
    id: p.text().primary(),
    merchantId: p.text(),
    integration: () => p.manyToOne(Integration),
    entityType: p.enum(() => EntityType).columnType('text'),
    syncEventId: p.bigint('string'),
    /** Null: everything was asked for. */
    since: p.datetime().nullable(),
    /** `RUNNING`, `COMPLETE`, `FAILED` or `CANCELLED`. */
    state: p.text().default('RUNNING'),
    rowsRead: p.integer().default(0),
    rowsChanged: p.integer().default(0),
    rowsRemoved: p.integer().default(0),
    problemCount: p.integer().default(0),
    startedAt: p.datetime().defaultRaw('clock_timestamp()'),
    updatedAt: p.datetime().defaultRaw('clock_timestamp()'),
    finishedAt: p.datetime().nullable(),
    errorCode: p.text().nullable(),
    errorMessage: p.text().nullable(),
  },
});

/** A row or record that could not be taken. */
export const RowProblem = defineEntity({
  name: 'RowProblem',
  tableName: 'row_problems',
  properties: {
    id: p.bigint('string').primary(),
    merchantId: p.text(),
    /** Null: a comparison read it, not a pull. */
    pullId: p.text().nullable(),
    syncEventId: p.bigint('string'),
    line: p.integer(),
    columnName: p.text(),
    value: p.text(),
    rule: p.text(),
    createdAt: p.datetime().defaultRaw('now()'),
  },
});

/** A record as a pull read it, of the newest of its integration and kind. */
export const PullSample = defineEntity({
  name: 'PullSample',
  tableName: 'pull_samples',
  properties: {
    id: p.text().primary(),
    merchantId: p.text(),
    integration: () => p.manyToOne(Integration),
    entityType: p.enum(() => EntityType).columnType('text'),
    pullId: p.text(),
    /** As it was received, secrets masked. */
    record: p.json(),
    /** What the connector made of it, before any rule. */
    ownRow: p.json(),
    createdAt: p.datetime().defaultRaw('clock_timestamp()'),
  },
});
