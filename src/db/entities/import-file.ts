import { defineEntity, p } from '@mikro-orm/core';
import { EntityType, FileSource, FileStatus } from '../../model/statuses.js';
import { Integration } from './integration.js';

/** A file that was handed over, and what became of it. */
export const ImportFile = defineEntity({
  name: 'ImportFile',
  tableName: 'import_files',
  properties: {
    id: p.text().primary(),
    merchantId: p.text(),
    integration: () => p.manyToOne(Integration),
    name: p.text(),
    /** PRODUCT, INVENTORY or ORDER; null: neither its name nor its columns tell. */
    entityType: p
      .enum(() => EntityType)
      .columnType('text')
      .nullable(),
    source: p.enum(() => FileSource).columnType('text'),
    status: p.enum(() => FileStatus).columnType('text'),
    /** Hex SHA-256. */
    contentHash: p.text(),
    sizeBytes: p.bigint('string'),
    /** How often the same content was handed over again and needed nothing more. */
    repeatCount: p.integer().default(0),
    rowsRead: p.integer().default(0),
    rowsChanged: p.integer().default(0),
    problemCount: p.integer().default(0),
    /** Headers of columns that nothing was made of; told when it is taken. */
    unusedColumns: p.array().columnType('text[]').defaultRaw(`'{}'`),
    /** Which of them may be slips of known ones. */
    columnHints: p.array().columnType('text[]').defaultRaw(`'{}'`),
    /** The work that takes it; the rows' problems are kept with it. */
    syncEventId: p.bigint('string').nullable(),
    errorCode: p.text().nullable(),
    errorMessage: p.text().nullable(),
    receivedAt: p.datetime().defaultRaw('clock_timestamp()'),
    finishedAt: p.datetime().nullable(),
  },
});
