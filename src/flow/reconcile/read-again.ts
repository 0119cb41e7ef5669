import type { Caller } from '../../access/caller.js';
import { HubError } from '../../errors.js';
import type { OpenIntegration } from '../integrations/open-integration.js';
import type { Services } from '../services.js';
import { startSync } from '../sync/start-sync.js';
import type { Difference } from './difference.js';

const RUN = 'select reconciliation_id from reconciliation_differences where id = $1';

/** One complete reading mends all that a run has found of products. */
const WAIT = `update reconciliation_differences set state = 'REPAIRING', message = null, sync_event_id = $2
where reconciliation_id = $1 and entity_type = 'PRODUCT' and state in ('OPEN', 'FAILED')`;

/** Has the system's products read whole, as it has them now; answers the sync event. @throws HubError UNSUPPORTED */
export async function readAgain(
  services: Services,
  caller: Caller,
  integration: OpenIntegration,
  { id, sync_event_id: before }: Difference,
): Promise<string> {
  const { rows } = await services.db.pool.query<{ reconciliation_id: string }>(RUN, [id]);
  const run = rows[0]?.reconciliation_id;
  if (run === undefined) throw new HubError('NOT_FOUND', `There is no difference ${id}.`);
  const idempotencyKey = before === null ? `repair:${run}:PRODUCT` : `repair:${run}:PRODUCT:${before}`;
  const integrationId = integration.id;
  const syncEventId = await startSync(services, caller, { integrationId, entityType: 'PRODUCT', idempotencyKey });
  await services.db.pool.query(WAIT, [run, syncEventId]);
  return syncEventId;
}
