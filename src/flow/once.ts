import { createHash } from 'node:crypto';
import type { Tx } from '../db/database.js';
import { HubError } from '../errors.js';

/** What a caller wants to have happen once only. */
export interface OnceRequest {
  merchantId: string;
  /** The mutation's name: keys of different mutations do not meet. */
  operation: string;
  /** Null or absent: nothing is remembered. */
  key: string | null | undefined;
  input: unknown;
}

/**
 * Does the work unless the key has done it before; answers the id that the work made. Of two requests at the same time
 * the second waits at the key's row until the first has committed, then answers its result.
 * @throws HubError IDEMPOTENCY_KEY_REUSED when the key was used with another input
 */
export async function once(tx: Tx, request: OnceRequest, work: () => Promise<string>): Promise<string> {
  const { merchantId, operation, key } = request;
  if (key == null) return work();
  const names = [merchantId, operation, key];
  const hash = hashOf(request.input);
  const taken = await tx.sql(
    `insert into idempotency_keys (merchant_id, operation, key, request_hash, result_id) values ($1, $2, $3, $4, '')
     on conflict do nothing returning 1`,
    [...names, hash],
  );
  if (taken.length === 0) return earlierResult(tx, names, hash);
  const id = await work();
  await tx.sql('update idempotency_keys set result_id = $4 where merchant_id = $1 and operation = $2 and key = $3', [
    ...names,
    id,
  ]);
  return id;
}

async function earlierResult(tx: Tx, names: string[], hash: string): Promise<string> {
  const [earlier] = await tx.sql<{ request_hash: string; result_id: string }>(
    'select request_hash, result_id from idempotency_keys where merchant_id = $1 and operation = $2 and key = $3',
    names,
  );
  if (earlier?.request_hash === hash) return earlier.result_id;
  throw new HubError(
    'IDEMPOTENCY_KEY_REUSED',
    `The idempotency key ${names[2]} was used with another input. Take a new key for a new request.`,
    { path: ['idempotencyKey'] },
  );
}

/** The same for inputs that differ only in the order of their fields or in fields that are null. */
function hashOf(input: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(sorted(input)))
    .digest('hex');
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value ?? null;
  const present = Object.entries(value).filter(([, field]) => field != null);
  return Object.fromEntries(present.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, field]) => [name, sorted(field)]));
}
