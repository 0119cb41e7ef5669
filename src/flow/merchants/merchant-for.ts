import { type Caller, hasRole } from '../../access/caller.js';
import type { Tx } from '../../db/database.js';
import { HubError } from '../../errors.js';

const PATH = ['merchantId'];

/** A merchant without any integration is none that new work can be meant for, unless there is no other. */
const ONLY_MERCHANT = `
with served as (select distinct merchant_id as id from integrations where deleted_at is null)
select id from served
union all
select id from merchants where not exists (select from served)
limit 2`;

/** Who names a merchant that the hub does not know yet makes it, or made a mistake. */
export type UnknownMerchant = 'make' | 'refuse';

/**
 * The merchant that new work belongs to: the named one, the caller's own, or the only one that has integrations. A merchant
 * comes into being when a caller that is limited to it works for it, when an admin sets something up for it (`make`), or
 * when an admin names the very first one.
 * @throws HubError NOT_FOUND for one that is not the caller's or not known, BAD_USER_INPUT when it must be named
 */
export async function merchantFor(
  tx: Tx,
  caller: Caller,
  named: string | null | undefined,
  unknownMerchant: UnknownMerchant,
): Promise<string> {
  if (caller.merchantId !== null) {
    if (named != null && named !== caller.merchantId) throw unknown(named);
    return ensureMerchant(tx, caller.merchantId);
  }
  if (named == null) return onlyMerchant(tx);
  const isAdmin = hasRole(caller, 'admin');
  if (isAdmin && unknownMerchant === 'make') return ensureMerchant(tx, named);
  const [known] = await tx.sql<{ id: string }>('select id from merchants order by id = $1 desc limit 1', [named]);
  if (!known && isAdmin) return ensureMerchant(tx, named);
  if (known?.id !== named) throw unknown(named);
  return named;
}

/** Makes the merchant unless it exists. */
export async function ensureMerchant(tx: Tx, id: string, name = id): Promise<string> {
  await tx.sql('insert into merchants (id, name) values ($1, $2) on conflict do nothing', [id, name]);
  return id;
}

async function onlyMerchant(tx: Tx): Promise<string> {
  const found = await tx.sql<{ id: string }>(ONLY_MERCHANT);
  if (found[0] && found.length === 1) return found[0].id;
  throw new HubError('BAD_USER_INPUT', 'Give the merchantId: there is not exactly one merchant.', { path: PATH });
}

function unknown(id: string): HubError {
  return new HubError(
    'NOT_FOUND',
    `There is no merchant ${id}: correct the merchantId, or have an admin make it with createMerchant.`,
    { path: PATH },
  );
}
