import { type Caller, requireRole } from '../../access/caller.js';
import { sqlOn } from '../../db/database.js';
import { HubError } from '../../errors.js';
import { auditDone } from '../access/audit-done.js';
import type { OpenIntegration } from '../integrations/integrations.js';
import type { Services } from '../services.js';
import { type Difference, isOfRecord } from './difference.js';
import { mendHere } from './mend-here.js';
import { mendThere } from './mend-there.js';
import { moved } from './moved.js';
import { readAgain } from './read-again.js';
import { settleRepairs } from './settle-repairs.js';

const FIND = `select id, merchant_id, integration_id, entity_type, entity_id, external_id, kind, field, here_value, there_value,
  direction, state, sync_event_id
from reconciliation_differences where id = $1 and ($2::text is null or merchant_id = $2)`;

const CLOSE = `update reconciliation_differences set state = $2, message = $3, sync_event_id = $4,
  repaired_at = case when $2 = 'REPAIRED' then now() end
where id = $1 and state in ('OPEN', 'FAILED')`;

/** What one sync event of the whole record mends at once. */
const CLOSE_OF_RECORD = `update reconciliation_differences d set state = 'REPAIRING', message = null, sync_event_id = $2
from reconciliation_differences this
where this.id = $1 and d.reconciliation_id = this.reconciliation_id and d.entity_id = this.entity_id
  and d.direction = 'OUT' and d.state in ('OPEN', 'FAILED')`;

/**
 * Mends one difference in its proposed direction by the ordinary ways of the hub; answers its id. What goes out is
 * REPAIRING until its sync event has been delivered. One that is mended, or on its way, has no further effect. What is no
 * longer as it was found is not touched.
 * @throws HubError NOT_FOUND, INVALID_STATE when it moved meanwhile, UNSUPPORTED, INTEGRATION_DISABLED, FORBIDDEN
 */
export async function repairDifference(services: Services, caller: Caller, id: string): Promise<string> {
  requireRole(caller, 'operator');
  const { rows } = await services.db.pool.query<Difference>(FIND, [id, caller.merchantId]);
  const [difference] = rows;
  if (!difference) throw new HubError('NOT_FOUND', `There is no difference ${id}.`, { path: ['id'] });
  if (difference.state === 'REPAIRED' || difference.state === 'REPAIRING') return id;
  if (difference.state === 'MOVED') throw moved('It moved before it could be repaired.');
  const integration = await services.integrations.byId(difference.integration_id);
  if (!integration.enabled) {
    throw new HubError('INTEGRATION_DISABLED', `Integration ${integration.id} is disabled: enable it first.`);
  }
  await mend(services, caller, integration, difference);
  return id;
}

async function mend(services: Services, caller: Caller, integration: OpenIntegration, one: Difference): Promise<void> {
  const { id, merchant_id: merchantId, kind } = one;
  const { pool } = services.db;
  try {
    if (!isOfRecord(one)) await settleRepairs(sqlOn(pool), await readAgain(services, caller, integration, one));
    else if (one.direction === 'OUT') await begin(services, id, await mendThere(services, caller, integration, one));
    else {
      await mendHere(services, caller, integration, one);
      await pool.query(CLOSE, [id, 'REPAIRED', null, null]);
    }
  } catch (error) {
    if (error instanceof HubError && error.code === 'INVALID_STATE')
      await pool.query(CLOSE, [id, 'MOVED', error.message, null]);
    throw error;
  }
  const entity = { entityType: one.entity_type, entityId: one.entity_id ?? id };
  await services.db.transaction((tx) =>
    auditDone(tx, caller, {
      action: 'reconciliation.repair',
      merchantId,
      integrationId: integration.id,
      ...entity,
      details: { differenceId: id, kind, field: one.field, direction: one.direction },
    }),
  );
}

/** From here on the reaction sees it; an event that ended before is looked at now. */
async function begin({ db }: Services, id: string, syncEventId: string): Promise<void> {
  await db.pool.query(CLOSE, [id, 'REPAIRING', null, syncEventId]);
  await db.pool.query(CLOSE_OF_RECORD, [id, syncEventId]);
  await settleRepairs(sqlOn(db.pool), syncEventId);
}
