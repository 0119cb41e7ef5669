import type { Sql } from '../db/database.js';
import { newId } from '../model/ids.js';
import type { EntityType } from '../model/statuses.js';

/** Something that people are to be told. */
export interface NewNotification {
  /** What it is about, noun and verb: `order.shipped`, `alert.opened`. */
  kind: string;
  /** Null: about the hub as a whole. */
  merchantId: string | null;
  entityType?: EntityType | null;
  entityId?: string | null;
  integrationId?: string | null;
  /** Names the occasion, e.g. `order.shipped:ord_…`: the merchant's second message with the same key is not made. */
  dedupKey: string;
  subject: string;
  /** Plain text. */
  text: string;
  /** Mail addresses; left out: the operators' (`NOTIFY_MAIL_TO`). */
  recipients?: readonly string[];
}

const INSERT = `insert into notifications
  (id, kind, merchant_id, entity_type, entity_id, integration_id, dedup_key, subject, body, recipients)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict do nothing returning 1`;

/**
 * Says it once, in the caller's transaction: if that is rolled back nobody is told, once it is committed the courier sends
 * it by every channel that is on, whatever dies in between.
 * @returns whether it is new; false when this occasion has made its message already
 */
export async function notify({ sql }: { sql: Sql }, message: NewNotification): Promise<boolean> {
  const { kind, merchantId, entityType, entityId, integrationId, dedupKey, subject, text, recipients } = message;
  const about = [merchantId, entityType ?? null, entityId ?? null, integrationId ?? null];
  const values = [newId('Notification'), kind, ...about, dedupKey, subject, text, [...(recipients ?? [])]];
  return (await sql(INSERT, values)).length > 0;
}
