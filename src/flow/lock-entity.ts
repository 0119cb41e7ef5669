import type { Caller } from '../access/caller.js';
import type { Tx } from '../db/database.js';
import { HubError } from '../errors.js';
import type { Sendable } from './sendable.js';

/** An entity that no other transaction changes until this one ends. Customers have an empty status. */
export interface LockedEntity<Status extends string = string> extends Sendable {
  status: Status;
}

const lock = (table: string, status = 'status') =>
  `select merchant_id, ${status} from ${table} where id = $1 and ($2::text is null or merchant_id = $2) for update`;

const STATEMENT: Record<Sendable['entityType'], string> = {
  ORDER: lock('orders'),
  INVOICE: lock('invoices'),
  CUSTOMER: lock('customers', `'' as status`),
  TRANSACTION: lock('transactions'),
  BILLING_SUBSCRIPTION: lock('billing_subscriptions'),
};

/** @throws HubError NOT_FOUND when there is none, or it is another merchant's */
export async function lockEntity<Status extends string>(
  tx: Tx,
  caller: Caller,
  entityType: Sendable['entityType'],
  id: string,
  path = ['id'],
): Promise<LockedEntity<Status>> {
  const row = await lockRow<Status>(tx, entityType, id, caller.merchantId);
  if (row) return row;
  throw new HubError('NOT_FOUND', `There is no ${kindOf(entityType)} ${id}.`, { path });
}

/** For the hub's own work; null when there is none, or it is another merchant's. */
export async function lockRow<Status extends string>(
  tx: Tx,
  entityType: Sendable['entityType'],
  id: string,
  merchantId: string | null,
): Promise<LockedEntity<Status> | null> {
  const [row] = await tx.sql<{ merchant_id: string; status: Status }>(STATEMENT[entityType], [id, merchantId]);
  return row ? { merchantId: row.merchant_id, entityType, entityId: id, status: row.status } : null;
}

/** The kind of an entity in a sentence, e.g. `billing subscription`. */
export function kindOf(entityType: string): string {
  return entityType.toLowerCase().replaceAll('_', ' ');
}
