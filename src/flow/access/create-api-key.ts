import { z } from 'zod';
import { newApiKey } from '../../access/api-key.js';
import type { Caller } from '../../access/caller.js';
import { systemsNamed } from '../../access/reach.js';
import { ApiKey } from '../../db/entities/access.js';
import { HubError } from '../../errors.js';
import { Role } from '../../model/statuses.js';
import { checkInput, label } from '../check-input.js';
import { merchantFor } from '../merchants/merchant-for.js';
import type { Services } from '../services.js';
import { auditDone } from './audit-done.js';
import { guardedSystems } from './require-access.js';

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
 * Makes a key for a machine. It is limited to the named merchant; of a caller that is limited itself, to the caller's. Of
 * systems of whose permissions the caller's token names some, it has some of these and no others.
 * @throws HubError BAD_USER_INPUT with the field's path, NOT_FOUND for another's merchant, FORBIDDEN
 */
export async function createApiKey(services: Services, caller: Caller, input: CreateApiKey): Promise<CreatedApiKey> {
  const { name, role, merchantId: named, permissions } = checkInput(createApiKeySchema, input);
  requireNoMore(services, caller, permissions ?? []);
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

/** A key must not do towards a system what its maker may not. */
function requireNoMore({ connectors }: Services, caller: Caller, wanted: readonly string[]): void {
  for (const { permissions } of systemsNamed(caller, guardedSystems(connectors))) {
    const names = Object.values(permissions);
    const own = names.filter((name) => caller.permissions.includes(name));
    const given = wanted.filter((name) => names.includes(name));
    if (given.length > 0 && given.every((name) => own.includes(name))) continue;
    const message = `Your token has ${own.join(', ')}: give the key one or more of these, and none beyond them.`;
    throw new HubError('FORBIDDEN', message, { path: ['permissions'] });
  }
}
