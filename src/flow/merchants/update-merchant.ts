import { z } from 'zod';
import type { Caller } from '../../access/caller.js';
import { HubError } from '../../errors.js';
import { auditDone } from '../access/audit-done.js';
import { checkInput, label, percent } from '../check-input.js';
import type { Services } from '../services.js';

const updateMerchantSchema = z.object({ id: label(), name: label().nullish(), payoutPercent: percent.nullish() });
export type UpdateMerchant = z.infer<typeof updateMerchantSchema>;

/** A merchant as it is shown. */
export interface ShownMerchant {
  id: string;
  name: string;
  /** Exact decimal text. */
  payoutPercent: string | null;
}

const UPDATE = `update merchants set name = coalesce($2, name),
  payout_percent = case when $3::boolean then $4::numeric else payout_percent end where id = $1
returning id, name, payout_percent::text as "payoutPercent"`;

/**
 * Changes what is given of a merchant: its name, its brands' usual part of what their products earn (null: the hub's, 70 %).
 * @throws HubError NOT_FOUND, BAD_USER_INPUT
 */
export async function updateMerchant(
  services: Services,
  caller: Caller,
  input: UpdateMerchant,
): Promise<ShownMerchant> {
  const { id, name, payoutPercent } = checkInput(updateMerchantSchema, input);
  return services.db.transaction(async (tx) => {
    const isOwn = caller.merchantId === null || caller.merchantId === id;
    const values = [id, name ?? null, payoutPercent !== undefined, payoutPercent ?? null];
    const [changed] = isOwn ? await tx.sql<ShownMerchant>(UPDATE, values) : [];
    if (!changed) throw new HubError('NOT_FOUND', `There is no merchant ${id}.`, { path: ['id'] });
    await auditDone(tx, caller, { action: 'merchant.update', merchantId: id, details: { name, payoutPercent } });
    return changed;
  });
}
