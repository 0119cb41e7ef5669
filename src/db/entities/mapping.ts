import { defineEntity, p } from '@mikro-orm/core';
import { Direction, EntityType, MappingStatus } from '../../model/statuses.js';
import { Integration } from './integration.js';

/** The field mapping of one kind of entity in one direction of an integration. */
export const Mapping = defineEntity({
  name: 'Mapping',
  tableName: 'mappings',
  properties: {
    id: p.text().primary(),
    merchantId: p.text(),
    integration: () => p.manyToOne(Integration),
    entityType: p.enum(() => EntityType).columnType('text'),
    direction: p.enum(() => Direction).columnType('text'),
    /** Null: none is published, nothing is changed on the way. */
    publishedVersion: p.integer().nullable(),
    createdAt: p.datetime().defaultRaw('now()'),
    updatedAt: p.datetime().defaultRaw('now()'),
    versions: () => p.oneToMany(MappingVersion).mappedBy('mapping').orderBy({ version: 'desc' }),
  },
});

/** Rules as they were saved once; only the status ever changes. */
export const MappingVersion = defineEntity({
  name: 'MappingVersion',
  tableName: 'mapping_versions',
  properties: {
    id: p.text().primary(),
    merchantId: p.text(),
    mapping: () => p.manyToOne(Mapping),
    version: p.integer(),
    status: p
      .enum(() => MappingStatus)
      .columnType('text')
      .default('DRAFT'),
    /** As `src/mapping/mapping-rules.ts` reads them. */
    rules: p.json<unknown[]>(),
    note: p.text().nullable(),
    createdBy: p.text(),
    createdAt: p.datetime().defaultRaw('now()'),
    publishedBy: p.text().nullable(),
    publishedAt: p.datetime().nullable(),
  },
});
