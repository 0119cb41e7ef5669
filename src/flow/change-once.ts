import type { Caller } from '../access/caller.js';
import { type LockedEntity, lockEntity } from './lock-entity.js';
import { once } from './once.js';
import type { Sendable } from './sendable.js';
import type { Services } from './services.js';
import type { Work } from './work.js';

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
  services: Services,
  caller: Caller,
  { entityType, operation, input }: AskedChange,
  change: (work: Work, entity: LockedEntity<Status>) => Promise<string>,
): Promise<string> {
  return services.db.transaction(async (tx) => {
    const entity = await lockEntity<Status>(tx, caller, entityType, input.id);
    const request = { merchantId: entity.merchantId, operation, key: input.idempotencyKey, input };
    return once(tx, request, () => change({ services, tx, caller }, entity));
  });
}
