import { LockMode } from '@mikro-orm/core';
import type { Caller } from '../../access/caller.js';
import type { Tx } from '../../db/database.js';
import { Integration } from '../../db/entities/integration.js';
import { HubError } from '../../errors.js';

/** @throws HubError NOT_FOUND when there is none, or it is another merchant's */
export async function lockIntegration(tx: Tx, caller: Caller, id: string, path = ['id']) {
  const own = caller.merchantId === null ? {} : { merchantId: caller.merchantId };
  const row = await tx.em.findOne(
    Integration,
    { id, deletedAt: null, ...own },
    { lockMode: LockMode.PESSIMISTIC_WRITE },
  );
  if (!row) throw new HubError('NOT_FOUND', `There is no integration ${id}.`, { path });
  return row;
}
