import type { Caller } from '../access/caller.js';
import type { Tx } from '../db/database.js';
import { type LockedEntity, lockEntity } from './lock-entity.js';
import { once } from './once.js';
import type { Services } from './services.js';
import type { Sendable } from './sync/find-recipients.js';

/** A mutation that changes one entity. */
export interface AskedChange {
  entityType: Sendable['entityType'];
  /** The mutation's name. */
  operation: string;
  input: { id: string; idempotencyKey?: string | null | undefined };
}

/**
 * Locks an entity and changes it in one transaction, unless the idempotency key has done so before; answers what `change`
 * does, an id.
 * @throws HubError NOT_FOUND when there is none, or it is another merchant's; IDEMPOTENCY_KEY_REUSED
 */
export function changeOnce<Status extends string>(
  { db }: Pick<Services, 'db'>,
  caller: Caller,
  { entityType, operation, input }: AskedChange,
  change: (tx: Tx, entity: LockedEntity<Status>) => Promise<string>,
): Promise<string> {
  return db.transaction(async (tx) => {
    const entity = await lockEntity<Status>(tx, caller, entityType, input.id);
    const request = { merchantId: entity.merchantId, operation, key: input.idempotencyKey, input };
    return once(tx, request, () => change(tx, entity));
  });
}
