import { z } from 'zod';
import type { Caller } from '../../access/caller.js';
import { HubError } from '../../errors.js';
import { newId } from '../../model/ids.js';
import { type EntityStatus, TransactionStatus, TransactionType } from '../../model/statuses.js';
import { amount, checkInput, currency, idempotencyKey, label, text, time } from '../check-input.js';
import { customerOf, payerSchema } from '../customers/customer-of.js';
import { lockEntity } from '../lock-entity.js';
import { makeOnce } from '../make-once.js';
import type { Services } from '../services.js';
import type { Origin } from '../sync/link-to.js';
import type { Work } from '../work.js';
import { announceChange } from './announce-change.js';
import { announceNew } from './announce-new.js';

const recordTransactionSchema = z.object({
  merchantId: label().nullish(),
  reference: label(),
  type: z.enum(TransactionType).nullish(),
  status: z.enum(TransactionStatus).nullish(),
  amount,
  currency,
  description: text(),
  refunded: amount.nullish(),
  ...payerSchema,
  orderId: label().nullish(),
  occurredAt: time.nullish(),
  asOf: time.nullish(),
  idempotencyKey,
});
export type RecordTransaction = z.infer<typeof recordTransactionSchema>;

interface Known {
  id: string;
  status: TransactionStatus;
  fits: boolean;
  news: boolean;
}

const FIND = `select id, status, amount = $3::numeric and currency = $4 as fits,
  coalesce($5::timestamptz >= source_at, true) as news
from transactions where merchant_id = $1 and reference = $2 for update`;

const INSERT = `insert into transactions (id, merchant_id, reference, amount, currency, status, description, customer_id,
  order_id, source_at, refunded, type, occurred_at)
values ($1, $2, $3, $4, $5, coalesce($6, 'SUCCEEDED'), $7, $8, $9, $10, $11, coalesce($12, 'PAYMENT'), coalesce($13::timestamptz, now()))
on conflict (merchant_id, reference) do nothing returning status`;

const UPDATE = `update transactions set status = coalesce($2, status), description = coalesce($3, description),
  customer_id = coalesce($4, customer_id), order_id = coalesce($5, order_id), source_at = coalesce($6, source_at),
  refunded = coalesce($7, refunded), updated_at = now()
where id = $1 and (status, description, customer_id, order_id, refunded) is distinct from
  (coalesce($2, status), coalesce($3, description), coalesce($4, customer_id), coalesce($5, order_id), coalesce($7, refunded)) returning status`;

/**
 * Takes a movement of money, known by its `reference`, and sends it to every integration of the merchant that takes
 * transactions; answers its id. One that the hub has is brought up to date, unless `asOf` is older than what it knows.
 * `origin`: the system that has it already.
 * @throws HubError ALREADY_EXISTS for a reference of another amount or currency, BAD_USER_INPUT, NOT_FOUND
 */
export function recordTransaction(
  services: Services,
  caller: Caller,
  input: RecordTransaction,
  origin?: Origin,
): Promise<string> {
  return services.db.transaction((tx) => recordTransactionIn({ services, tx, caller }, input, origin));
}

/** The same in a transaction that does more. */
export async function recordTransactionIn(work: Work, input: RecordTransaction, origin?: Origin): Promise<string> {
  const wanted = checkInput(recordTransactionSchema, input);
  const asked = { operation: 'createTransaction', input: wanted };
  return makeOnce(work, asked, (merchantId) => recordOne(work, merchantId, wanted, origin));
}

async function recordOne(work: Work, merchantId: string, wanted: RecordTransaction, origin?: Origin) {
  const customerId = await customerOf(work, merchantId, wanted);
  const within = { ...work.caller, merchantId };
  if (wanted.orderId != null) await lockEntity(work.tx, within, 'ORDER', wanted.orderId, ['orderId']);
  const { reference, amount, currency, status, description, orderId, asOf, refunded, type, occurredAt } = wanted;
  const id = newId('Transaction');
  const own = [status, description, customerId, orderId, asOf, refunded].map((value) => value ?? null);
  const values = [id, merchantId, reference, amount, currency, ...own, type ?? null, occurredAt ?? null];
  const [made] = await work.tx.sql<{ status: TransactionStatus }>(INSERT, values);
  if (!made) return bringUpToDate(work, merchantId, wanted, own);
  const record = { merchantId, entityType: 'TRANSACTION', entityId: id, reference, status: made.status } as const;
  await announceNew(work, record, origin);
  return id;
}

async function bringUpToDate(
  work: Work,
  merchantId: string,
  { reference, amount, currency, asOf }: RecordTransaction,
  own: (string | null)[],
): Promise<string> {
  const [known] = await work.tx.sql<Known>(FIND, [merchantId, reference, amount, currency, asOf ?? null]);
  if (!known?.fits) {
    const message = `There is a transaction ${reference} of another amount or currency: what happened is not changed.`;
    throw new HubError('ALREADY_EXISTS', message, { path: ['reference'] });
  }
  const { id, status: previousStatus } = known;
  const [changed] = known.news ? await work.tx.sql<{ status: EntityStatus }>(UPDATE, [id, ...own]) : [];
  if (!changed) return id;
  const entity = { merchantId, entityType: 'TRANSACTION', entityId: id } as const;
  await announceChange(work, { ...entity, reference, previousStatus, status: changed.status });
  return id;
}
