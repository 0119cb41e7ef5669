import type { Caller } from '../../access/caller.js';
import { HubError } from '../../errors.js';
import type { Services } from '../services.js';
import { auditDone } from './audit-done.js';

const REVOKE = `update api_keys set revoked_at = coalesce(revoked_at, now())
where id = $1 and ($2::text is null or merchant_id = $2) returning merchant_id as "merchantId"`;

/**
 * Ends a key; every instance refuses it within a second. Harmless to repeat. Answers its id.
 * @throws HubError NOT_FOUND
 */
export async function revokeApiKey(services: Services, caller: Caller, id: string): Promise<string> {
  return services.db.transaction(async (tx) => {
    const [revoked] = await tx.sql<{ merchantId: string | null }>(REVOKE, [id, caller.merchantId]);
    if (!revoked) throw new HubError('NOT_FOUND', `There is no API key ${id}.`, { path: ['id'] });
    await auditDone(tx, caller, { action: 'api_key.revoke', ...revoked, details: { keyId: id } });
    return id;
  });
}
