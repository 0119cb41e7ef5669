import type { Sql } from '../db/database.js';
import type { Channel, Message } from './channel.js';

/** A message that this process may send until its claim ends. */
export interface ClaimedMessage extends Message {
  /** In the database: only its holder's word counts. */
  token: string;
  /** This one included. */
  attempts: number;
  sentBy: Channel['name'][];
}

const CLAIM = `
with due as (
  select id from notifications where status = 'PENDING' and due_at <= now()
   order by due_at limit $1 for no key update skip locked
)
update notifications n set attempts = attempts + 1, token = token + 1, due_at = now() + $2 * interval '1 ms'
  from due where n.id = due.id
returning n.id, n.token::text, n.attempts, n.kind, n.merchant_id as "merchantId", n.entity_type as "entityType",
  n.entity_id as "entityId", n.integration_id as "integrationId", n.subject, n.body, n.recipients,
  to_json(n.created_at) #>> '{}' as "createdAt", n.sent_by as "sentBy"`;

/** Takes up to `limit` messages that are due, each for `leaseMs`; nobody else takes them meanwhile. */
export function claimNotifications(sql: Sql, limit: number, leaseMs: number): Promise<ClaimedMessage[]> {
  return sql<ClaimedMessage>(CLAIM, [limit, leaseMs]);
}

type Held = Pick<ClaimedMessage, 'id' | 'token'>;

/** One channel has sent it: not repeated, even if another channel fails. */
export async function markSentBy(sql: Sql, { id, token }: Held, channel: Channel['name']): Promise<void> {
  await sql(`update notifications set sent_by = array_append(sent_by, $3) where id = $1 and token = $2`, [
    id,
    token,
    channel,
  ]);
}

/** What a claimed message came to. `delayMs`: until the next attempt, for PENDING. */
export type Ending =
  | { status: 'SENT' | 'KEPT' }
  | { status: 'FAILED'; error: string }
  | { status: 'PENDING'; error: string; delayMs: number };

const END = `update notifications set status = $3, last_error = $4, due_at = now() + $5 * interval '1 ms',
  sent_at = case when $3 = 'SENT' then now() end, token = token + 1
where id = $1 and token = $2`;

export async function endClaim(sql: Sql, { id, token }: Held, ending: Ending): Promise<void> {
  const error = 'error' in ending ? ending.error : null;
  const delayMs = 'delayMs' in ending ? ending.delayMs : 0;
  await sql(END, [id, token, ending.status, error, delayMs]);
}
