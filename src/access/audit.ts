import type { Sql } from '../db/database.js';
import { maskSecrets } from '../model/mask-secrets.js';
import type { EntityType, Role } from '../model/statuses.js';
import { toJson } from '../model/to-json.js';
import type { Caller } from './caller.js';

/** What somebody did, tried and was refused, or tried and failed at. */
export interface NewAuditEntry {
  /** The caller's subject; `anonymous` before anyone is known, `hub` for its own work. */
  actor: string;
  /** Null: nobody's, or the hub's own. */
  actorRole?: Role | null;
  /** Noun and verb, e.g. `order.create`, `authentication.refuse`. */
  action: string;
  outcome: 'OK' | 'REFUSED' | 'FAILED';
  merchantId?: string | null;
  entityType?: EntityType | null;
  entityId?: string | null;
  integrationId?: string | null;
  /** Fields that are named like secrets are masked. */
  details?: Record<string, unknown>;
  requestId?: string | null;
  /** How long it took until this entry was written. */
  durationMs?: number | null;
}

const INSERT = `insert into audit_entries
  (actor, action, outcome, merchant_id, entity_type, entity_id, integration_id, details, request_id, duration_ms, actor_role)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`;

/** Appends an entry: with `tx.sql` it stands or falls with the transaction, with `sqlOn(pool)` it stands by itself. */
export async function audit(sql: Sql, entry: NewAuditEntry): Promise<void> {
  await sql(INSERT, [
    entry.actor,
    entry.action,
    entry.outcome,
    entry.merchantId ?? null,
    entry.entityType ?? null,
    entry.entityId ?? null,
    entry.integrationId ?? null,
    toJson(maskSecrets(entry.details ?? {})),
    entry.requestId ?? null,
    entry.durationMs ?? null,
    entry.actorRole ?? null,
  ]);
}

/** Who did it: `actor` and `actorRole` of an entry. The hub itself has every right, and no role. */
export function actorOf({ subject, role, via }: Caller): Pick<NewAuditEntry, 'actor' | 'actorRole'> {
  return { actor: subject, actorRole: via === 'hub' ? null : role };
}

/** Since the caller's mutation began; null where none did. */
export function durationOf({ startedAt }: Caller): number | null {
  return startedAt === undefined ? null : Math.round(performance.now() - startedAt);
}

/** Longer arguments, a file that is uploaded for example, are told by their length. */
const MOST_CHARACTERS = 20_000;

/** The arguments of the caller's mutation, for the details of its entry; empty where none is known. */
export function requestOf({ request }: Caller): { request?: unknown } {
  if (request === undefined) return {};
  const { length } = JSON.stringify(request);
  return { request: length > MOST_CHARACTERS ? { characters: length, cut: true } : request };
}
