import { createHash, randomBytes } from 'node:crypto';
import { v7 } from 'uuid';
import type { Sql } from '../db/database.js';
import { HubError } from '../errors.js';
import { isSameSecret } from '../model/is-same-secret.js';
import type { Role } from '../model/statuses.js';
import type { Caller } from './caller.js';

const SECRET_BYTES = 32;
const SHAPE = /^sl_([0-9a-f]{32})_([A-Za-z0-9_-]{43})$/;
/** How long a key's row is trusted: a revoked key is refused within this time. */
const TRUST_MS = 1_000;
const TRUSTED_ROWS = 1_000;
const USE_NOTED_EVERY_MS = 60_000;

/** A new key: its text is shown once, the row keeps the hash. */
export interface NewApiKey {
  id: string;
  /** `sl_<id>_<secret>`; the id finds the row, so that only the secret's hash is compared. */
  text: string;
  hash: string;
}

export function newApiKey(): NewApiKey {
  const digits = v7().replaceAll('-', '');
  const secret = randomBytes(SECRET_BYTES).toString('base64url');
  return { id: `key_${digits}`, text: `sl_${digits}_${secret}`, hash: sha256(secret) };
}

/** Whether a credential is meant as an API key. */
export function looksLikeApiKey(text: string): boolean {
  return text.startsWith('sl_');
}

interface KeyRow {
  id: string;
  merchant_id: string | null;
  hash: string;
  role: Role;
  permissions: string[];
}

const SELECT = 'select id, merchant_id, hash, role, permissions from api_keys where id = $1 and revoked_at is null';
const NOTE_USE = `update api_keys set last_used_at = now()
  where id = $1 and (last_used_at is null or last_used_at < now() - interval '1 minute')`;

/**
 * Makes the check of an API key.
 * @returns a function that throws HubError UNAUTHENTICATED or DATABASE_UNAVAILABLE
 */
export function createApiKeyVerifier(sql: Sql, onError: (error: unknown) => void): (text: string) => Promise<Caller> {
  const load = createRowCache(async (id) => (await sql<KeyRow>(SELECT, [id]))[0]);
  const noteUse = createUseNotes(sql, onError);
  return async (text) => {
    const [, digits, secret] = SHAPE.exec(text) ?? [];
    const row = digits && (await load(`key_${digits}`));
    if (!row || !secret || !isSameSecret(row.hash, sha256(secret))) {
      throw new HubError('UNAUTHENTICATED', 'The API key is unknown or revoked.');
    }
    noteUse(row.id);
    return {
      subject: row.id,
      role: row.role,
      merchantId: row.merchant_id,
      permissions: row.permissions,
      via: 'api-key',
      expiresAt: null,
    };
  };
}

/** Requests with one key share one read of its row for a short time; an unknown id is remembered as well. */
function createRowCache(read: (id: string) => Promise<KeyRow | undefined>) {
  const rows = new Map<string, { readAt: number; row: Promise<KeyRow | undefined> }>();
  return (id: string): Promise<KeyRow | undefined> => {
    const known = rows.get(id);
    if (known && performance.now() - known.readAt < TRUST_MS) return known.row;
    if (rows.size >= TRUSTED_ROWS) rows.clear();
    const row = read(id).catch((error) => {
      rows.delete(id);
      throw new HubError('DATABASE_UNAVAILABLE', 'The database does not answer; try again shortly.', {
        retryAfterMs: 1_000,
        cause: error,
      });
    });
    rows.set(id, { readAt: performance.now(), row });
    return row;
  };
}

/** Writes `last_used_at` beside the request, at most once a minute for each key. */
function createUseNotes(sql: Sql, onError: (error: unknown) => void) {
  const notedAt = new Map<string, number>();
  return (id: string): void => {
    const now = performance.now();
    if (now - (notedAt.get(id) ?? Number.NEGATIVE_INFINITY) < USE_NOTED_EVERY_MS) return;
    notedAt.set(id, now);
    sql(NOTE_USE, [id]).catch(onError);
  };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
