import { z } from 'zod';
import type { Caller } from '../../access/caller.js';
import { HubError } from '../../errors.js';
import { auditDone } from '../access/audit-done.js';
import { checkInput, label } from '../check-input.js';
import type { Services } from '../services.js';

const createMerchantSchema = z.object({ id: label(), name: label().nullish() });
export type CreateMerchant = z.infer<typeof createMerchantSchema>;

const CREATE = 'insert into merchants (id, name) values ($1, $2) on conflict do nothing returning id, name';

/**
 * Makes a merchant that orders, integrations and keys can then belong to.
 * @throws HubError FORBIDDEN also for an admin of one merchant, ALREADY_EXISTS, BAD_USER_INPUT
 */
export async function createMerchant(
  services: Services,
  caller: Caller,
  input: CreateMerchant,
): Promise<{ id: string; name: string }> {
  if (caller.merchantId !== null)
    throw new HubError('FORBIDDEN', `You are limited to the merchant ${caller.merchantId}: you cannot make another.`);
  const { id, name } = checkInput(createMerchantSchema, input);
  return services.db.transaction(async (tx) => {
    const [made] = await tx.sql<{ id: string; name: string }>(CREATE, [id, name ?? id]);
    if (!made) throw new HubError('ALREADY_EXISTS', `There is a merchant ${id} already.`, { path: ['id'] });
    await auditDone(tx, caller, { action: 'merchant.create', merchantId: id, details: { name: made.name } });
    return made;
  });
}
