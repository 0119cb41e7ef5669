import type { Caller } from '../../access/caller.js';
import { sqlOn } from '../../db/database.js';
import { HubError } from '../../errors.js';
import { auditDone } from '../access/audit-done.js';
import type { OpenIntegration } from '../integrations/open-integration.js';
import { requireEnabled } from '../integrations/require-enabled.js';
import type { Services } from '../services.js';
import { type Difference, isOfRecord } from './difference.js';
import { mendHere } from './mend-here.js';
import { mendThere } from './mend-there.js';
import { moved } from './moved.js';
import { readAgain } from './read-again.js';
import { writeRepairOutcomes } from './write-repair-outcomes.js';

const FIND = `select id, merchant_id, integration_id, entity_type, entity_id, external_id, kind, field, here_value, there_value,
  direction, state, sync_event_id
from reconciliation_differences where id = $1 and ($2::text is null or merchant_id = $2)`;

const CLOSE = `update reconciliation_differences set state = $2, message = $3, sync_event_id = $4,
  repaired_at = case when $2 = 'REPAIRED' then now() end
where id = $1 and state in ('OPEN', 'FAILED')`;

/** What was taken with it: an event tells of a status and a payment at once. */
const CLOSE_TAKEN = `update reconciliation_differences d set state = 'REPAIRED', message = null, repaired_at = now()
from reconciliation_differences this
where this.id = $1 and d.reconciliation_id = this.reconciliation_id and d.entity_id = this.entity_id
  and d.kind = 'FIELD_DIFFERS' and d.direction = 'IN' and d.state in ('OPEN', 'FAILED')`;

/** One of them: the repair of it takes in the others. */
const FACTS_OF_RECORD = `select d.id from reconciliation_differences d join reconciliation_differences this
  on d.reconciliation_id = this.reconciliation_id and d.entity_id = this.entity_id
where this.id = $1 and this.kind = 'FIELD_DIFFERS' and d.kind = 'FIELD_DIFFERS' and d.direction = 'IN'
  and d.state in ('OPEN', 'FAILED') order by d.id limit 1`;

/** What one sync event of the whole record mends at once. */
const CLOSE_OF_RECORD = `update reconciliation_differences d set state = 'REPAIRING', message = null, sync_event_id = $2
from reconciliation_differences this
where this.id = $1 and d.reconciliation_id = this.reconciliation_id and d.entity_id = this.entity_id
  and d.direction = 'OUT' and d.state in ('OPEN', 'FAILED')`;

/**
 * Mends one difference in its proposed direction by the ordinary ways of the hub; answers its id. What goes out is
 * REPAIRING until its sync event has been delivered. One that is mended, or on its way, has no further effect. What is no
 * longer as it was found is not touched.
 * @throws HubError NOT_FOUND, INVALID_STATE when it moved meanwhile, UNSUPPORTED, INTEGRATION_DISABLED
 */
export async function repairDifference(services: Services, caller: Caller, id: string): Promise<string> {
  const { rows } = await services.db.pool.query<Difference>(FIND, [id, caller.merchantId]);
  const [difference] = rows;
  if (!difference) throw new HubError('NOT_FOUND', `There is no difference ${id}.`, { path: ['id'] });
  if (difference.state === 'REPAIRED' || difference.state === 'REPAIRING') return id;
  if (difference.state === 'MOVED') throw moved('It moved before it could be repaired.');
  const integration = await services.integrations.byId(difference.integration_id);
  requireEnabled(integration);
  await mend(services, caller, integration, difference);
  return id;
}

async function mend(services: Services, caller: Caller, integration: OpenIntegration, one: Difference): Promise<void> {
  const { id, merchant_id: merchantId, kind } = one;
  const { pool } = services.db;
  try {
    if (one.direction === 'OUT') await takeFirst(services, caller, one);
    if (!isOfRecord(one)) await writeRepairOutcomes(sqlOn(pool), await readAgain(services, caller, integration, one));
    else if (one.direction === 'OUT') await begin(services, id, await mendThere(services, caller, integration, one));
    else {
      await mendHere(services, caller, integration, one);
      await pool.query(CLOSE, [id, 'REPAIRED', null, null]);
      await pool.query(CLOSE_TAKEN, [id]);
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

/** What goes out is the whole record: what its system knows better is taken in before, or it would be overwritten there. */
async function takeFirst(services: Services, caller: Caller, { id }: Difference): Promise<void> {
  const { rows } = await services.db.pool.query<{ id: string }>(FACTS_OF_RECORD, [id]);
  for (const fact of rows) await repairDifference(services, caller, fact.id);
}

/** From here on the reaction sees it; an event that ended before is looked at now. */
async function begin({ db }: Services, id: string, syncEventId: string): Promise<void> {
  await db.pool.query(CLOSE, [id, 'REPAIRING', null, syncEventId]);
  await db.pool.query(CLOSE_OF_RECORD, [id, syncEventId]);
  await writeRepairOutcomes(sqlOn(db.pool), syncEventId);
}
