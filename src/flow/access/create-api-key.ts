import { z } from 'zod';
import { newApiKey } from '../../access/api-key.js';
import { type Caller, requireRole } from '../../access/caller.js';
import { ApiKey } from '../../db/entities/access.js';
import { Role } from '../../model/statuses.js';
import { checkInput, label } from '../check-input.js';
import { merchantFor } from '../merchants/merchant-for.js';
import type { Services } from '../services.js';
import { auditDone } from './audit-done.js';

const createApiKeySchema = z.object({
  name: label(),
  role: z.enum(Role),
  merchantId: label().nullish(),
  permissions: z.array(label()).max(100).nullish(),
});
export type CreateApiKey = z.infer<typeof createApiKeySchema>;

/** A new key; nobody can read its text again. */
export interface CreatedApiKey {
  id: string;
  text: string;
}

/**
 * Makes a key for a machine. It is limited to the named merchant; of a caller that is limited itself, to the caller's.
 * @throws HubError BAD_USER_INPUT with the field's path, NOT_FOUND for another's merchant, FORBIDDEN
 */
export async function createApiKey(services: Services, caller: Caller, input: CreateApiKey): Promise<CreatedApiKey> {
  requireRole(caller, 'admin');
  const { name, role, merchantId: named, permissions } = checkInput(createApiKeySchema, input);
  const { id, text, hash } = newApiKey();
  return services.db.transaction(async (tx) => {
    const everyMerchant = named == null && caller.merchantId === null;
    const merchantId = everyMerchant ? null : await merchantFor(tx, caller, named, 'make');
    tx.em.create(ApiKey, { id, merchantId, name, hash, role, permissions: permissions ?? [] });
    await tx.em.flush();
    await auditDone(tx, caller, { action: 'api_key.create', merchantId, details: { keyId: id, name, role } });
    return { id, text };
  });
}
