import { audit } from '../../access/audit.js';
import type { Services } from '../services.js';

const SWITCH_OFF = `update integrations set enabled = false, updated_at = now()
where connector = any($1) and enabled and deleted_at is null returning id, merchant_id as "merchantId"`;

/** Switches off every integration with these connectors, whoever made it. What waits stays until it is on again. */
export async function switchOff(services: Services, connectors: readonly string[]): Promise<void> {
  if (connectors.length === 0) return;
  const off = await services.db.transaction(async (tx) => {
    const rows = await tx.sql<{ id: string; merchantId: string }>(SWITCH_OFF, [connectors]);
    for (const { id, merchantId } of rows) {
      const entry = { actor: 'hub', action: 'integration.switch_off', outcome: 'OK' } as const;
      await audit(tx.sql, { ...entry, merchantId, integrationId: id, details: { by: 'environment' } });
    }
    tx.afterCommit(() => services.integrations.changed());
    return rows;
  });
  for (const { id } of off)
    services.log.warn({ integrationId: id }, 'the environment switches this integration off; what waits for it stays');
}
