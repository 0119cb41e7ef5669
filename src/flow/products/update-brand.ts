import { z } from 'zod';
import type { Caller } from '../../access/caller.js';
import { HubError } from '../../errors.js';
import { auditDone } from '../access/audit-done.js';
import { checkInput, label, percent } from '../check-input.js';
import type { Services } from '../services.js';

const updateBrandSchema = z.object({ id: label(), payoutPercent: percent.nullish() });
export type UpdateBrand = z.infer<typeof updateBrandSchema>;

const UPDATE = `update brands set payout_percent = $3 where id = $1 and ($2::text is null or merchant_id = $2)
returning merchant_id, name`;

/**
 * Sets a brand's part of what its products earn, from the next paid order on; null or left out: the merchant's usual part.
 * Answers the brand's id.
 * @throws HubError NOT_FOUND, BAD_USER_INPUT
 */
export async function updateBrand(services: Services, caller: Caller, input: UpdateBrand): Promise<string> {
  const { id, payoutPercent = null } = checkInput(updateBrandSchema, input);
  return services.db.transaction(async (tx) => {
    const values = [id, caller.merchantId, payoutPercent];
    const [brand] = await tx.sql<{ merchant_id: string; name: string }>(UPDATE, values);
    if (!brand) throw new HubError('NOT_FOUND', `There is no brand ${id}.`, { path: ['id'] });
    const details = { id, brand: brand.name, payoutPercent };
    await auditDone(tx, caller, { action: 'brand.update', merchantId: brand.merchant_id, details });
    return id;
  });
}
