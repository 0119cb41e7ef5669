import { defineEntity, p } from '@mikro-orm/core';
import { Role } from '../../model/statuses.js';

/** A machine's key. Only its SHA-256 is kept. */
export const ApiKey = defineEntity({
  name: 'ApiKey',
  tableName: 'api_keys',
  properties: {
    id: p.text().primary(),
    merchantId: p.text().nullable(),
    name: p.text(),
    /** Hex SHA-256 of the key. */
    hash: p.text(),
    role: p.enum(() => Role).columnType('text'),
    permissions: p.array().columnType('text[]').defaultRaw(`'{}'`),
    createdAt: p.datetime().defaultRaw('now()'),
    lastUsedAt: p.datetime().nullable(),
    revokedAt: p.datetime().nullable(),
  },
});

/** What somebody did, or was refused. Append-only: the database refuses updates and deletes. */
export const AuditEntry = defineEntity({
  name: 'AuditEntry',
  tableName: 'audit_entries',
  properties: {
    id: p.bigint('string').primary(),
    merchantId: p.text().nullable(),
    actor: p.text(),
    /** Null for the hub's own work, and before anybody is known. */
    actorRole: p
      .enum(() => Role)
      .columnType('text')
      .nullable(),
    action: p.text(),
    entityType: p.text().nullable(),
    entityId: p.text().nullable(),
    integrationId: p.text().nullable(),
    /** `OK`, `REFUSED` or `FAILED`. */
    outcome: p.text(),
    details: p.json<Record<string, unknown>>().defaultRaw(`'{}'`),
    requestId: p.text().nullable(),
    durationMs: p.integer().nullable(),
    at: p.datetime().defaultRaw('now()'),
  },
});

/** A caller's key and what it made: the same key again answers the same result. */
export const IdempotencyKey = defineEntity({
  name: 'IdempotencyKey',
  tableName: 'idempotency_keys',
  properties: {
    merchantId: p.text().primary(),
    operation: p.text().primary(),
    key: p.text().primary(),
    /** Hex SHA-256 of the input: the same key with another input is refused. */
    requestHash: p.text(),
    resultId: p.text(),
    createdAt: p.datetime().defaultRaw('now()'),
  },
});
