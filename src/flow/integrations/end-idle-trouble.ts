import type { Services } from '../services.js';
import type { OpenIntegration } from './open-integration.js';

/**
 * Where nothing waits to be sent there is no event to be the circuit's probe, and no delivery to end a row of failures: the
 * health check that went well stands for it.
 */
const END = `
with trouble as (
  select g.integration_id, g.circuit from integration_gates g
  where g.integration_id = $1 and (g.circuit <> 'CLOSED' or g.failures > 0) and coalesce(g.open_until, now()) <= now()
    and not exists (select 1 from lanes l where l.integration_id = $1 and l.due is not null)
  for no key update
)
update integration_gates g set circuit = 'CLOSED', failures = 0, open_until = null, probe_lane = null
from trouble t where g.integration_id = t.integration_id returning t.circuit as previous`;

/** To be called after a health check that went well; does nothing while the circuit is to wait, or something waits to be sent. */
export async function endIdleTrouble(
  { db, feed }: Pick<Services, 'db' | 'feed'>,
  { id, merchantId }: Pick<OpenIntegration, 'id' | 'merchantId'>,
): Promise<void> {
  await db.transaction(async (tx) => {
    const [ended] = await tx.sql<{ previous: string }>(END, [id]);
    if (!ended || ended.previous === 'CLOSED') return;
    const about = { merchantId, integrationId: id, entityType: 'INTEGRATION', entityId: id } as const;
    const data = { previousCircuit: ended.previous, circuit: 'CLOSED' };
    await feed.publish(tx, [{ kind: 'connector_health.changed', ...about, data }]);
  });
}
