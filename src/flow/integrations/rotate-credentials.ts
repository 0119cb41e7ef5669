import { audit } from '../../access/audit.js';
import { sqlOn } from '../../db/database.js';
import type { SealedCredentials } from '../../db/entities/integration.js';
import { HubError } from '../../errors.js';
import type { Services } from '../services.js';

interface SealedRow {
  id: string;
  merchant_id: string;
  sealed: SealedCredentials;
}

/** What is sealed, and how it is exchanged: only if nobody has saved others meanwhile. */
const SEALED = [
  {
    select: `select id, merchant_id, sealed_credentials as sealed from integrations
      where sealed_credentials is not null order by id`,
    exchange: 'update integrations set sealed_credentials = $3 where id = $1 and sealed_credentials = $2 returning 1',
  },
  {
    select: `select integration_id as id, merchant_id, sealed_secret as sealed from webhook_registrations
      where sealed_secret is not null order by integration_id`,
    exchange:
      'update webhook_registrations set sealed_secret = $3 where integration_id = $1 and sealed_secret = $2 returning 1',
  },
];

/**
 * Seals with the present key what a former one has sealed; when it has found nothing to do, the former key can go.
 * @returns how many integrations' credentials were sealed anew
 * @throws HubError CREDENTIALS_UNREADABLE naming the integrations that no configured key opens, after the others are done
 */
export async function rotateCredentials(services: Services): Promise<number> {
  const unreadable: string[] = [];
  let rotated = 0;
  for (const { select, exchange } of SEALED) {
    const rows = await sqlOn(services.db.pool)<{ id: string; merchant_id: string; sealed: string }>(select);
    for (const row of rows) {
      const outcome = await rotate(services, { ...row, sealed: JSON.parse(row.sealed) }, exchange);
      if (outcome === 'unreadable') unreadable.push(row.id);
      if (outcome === 'rotated') rotated += 1;
    }
  }
  if (unreadable.length === 0) return rotated;
  const names = unreadable.join(', ');
  throw new HubError(
    'CREDENTIALS_UNREADABLE',
    `No configured encryption key opens the credentials of ${names}: add the key that sealed them, or save them anew.`,
  );
}

async function rotate(services: Services, { id, merchant_id, sealed }: SealedRow, exchange: string) {
  let resealed: SealedCredentials;
  try {
    resealed = services.sealCredentials(id, services.openCredentials(id, sealed));
  } catch (error) {
    if (error instanceof HubError && error.code === 'CREDENTIALS_UNREADABLE') return 'unreadable';
    throw error;
  }
  if (resealed.keyId === sealed.keyId) return 'current';
  return services.db.transaction(async (tx) => {
    const exchanged = await tx.sql(exchange, [id, JSON.stringify(sealed), JSON.stringify(resealed)]);
    if (exchanged.length === 0) return 'current';
    const details = { from: sealed.keyId, to: resealed.keyId };
    const entry = { actor: 'hub', action: 'integration.rotate_credentials', outcome: 'OK' } as const;
    await audit(tx.sql, { ...entry, merchantId: merchant_id, integrationId: id, details });
    return 'rotated';
  });
}
