import { type Caller, requireRole } from '../../access/caller.js';
import { HubError } from '../../errors.js';
import { auditDone } from '../audit-done.js';
import type { OpenIntegration } from '../integrations.js';
import { receiveEvent } from '../receive-event.js';
import type { Services } from '../services.js';
import { syncEntity } from '../sync-entity.js';
import { readHere } from './compare-sql.js';
import type { Difference } from './difference.js';
import { takeHere } from './take-here.js';

const FIND = `select id, merchant_id, integration_id, entity_type, entity_id, external_id, kind, field, here_value, there_value,
  direction, details::text as details, state
from reconciliation_differences where id = $1 and ($2::text is null or merchant_id = $2)`;

const CLOSE = `update reconciliation_differences set state = $2, message = $3, sync_event_id = $4, repaired_at = now()
where id = $1 and state = 'OPEN'`;

/** What one sync event of the whole record mends at once. */
const CLOSE_OF_RECORD = `update reconciliation_differences d set state = 'REPAIRED', sync_event_id = $2, repaired_at = now()
from reconciliation_differences this
where this.id = $1 and d.reconciliation_id = this.reconciliation_id and d.entity_id = this.entity_id
  and d.direction = 'OUT' and d.state = 'OPEN'`;

/** The hub lets go of a record that its system has no more, so that it is created anew. */
const UNLINK = `update links set external_id = null, source_at = null, source_rank = null
where integration_id = $1 and entity_type = $2 and entity_id = $3 and external_id = $4`;

/**
 * Mends one difference in its proposed direction by the ordinary ways of the hub; answers its id. One that is mended has no
 * further effect. What is no longer as it was found is not touched.
 * @throws HubError NOT_FOUND, INVALID_STATE when it moved meanwhile, UNSUPPORTED, INTEGRATION_DISABLED, FORBIDDEN
 */
export async function repairDifference(services: Services, caller: Caller, id: string): Promise<string> {
  requireRole(caller, 'operator');
  const { rows } = await services.db.pool.query<Difference>(FIND, [id, caller.merchantId]);
  const [difference] = rows;
  if (!difference) throw new HubError('NOT_FOUND', `There is no difference ${id}.`, { path: ['id'] });
  if (difference.state === 'REPAIRED') return id;
  if (difference.state === 'MOVED') throw moved('It moved before it could be repaired: reconcile again.');
  const integration = await services.integrations.byId(difference.integration_id);
  if (!integration.enabled) {
    throw new HubError('INTEGRATION_DISABLED', `Integration ${integration.id} is disabled: enable it first.`);
  }
  await mend(services, caller, integration, difference);
  return id;
}

async function mend(services: Services, caller: Caller, integration: OpenIntegration, one: Difference): Promise<void> {
  const { id, merchant_id: merchantId, kind } = one;
  try {
    const syncEventId = await (one.direction === 'OUT'
      ? mendThere(services, caller, integration, one)
      : mendHere(services, caller, integration, one));
    await services.db.pool.query(CLOSE, [id, 'REPAIRED', null, syncEventId]);
    if (syncEventId) await services.db.pool.query(CLOSE_OF_RECORD, [id, syncEventId]);
  } catch (error) {
    if (error instanceof HubError && error.code === 'INVALID_STATE')
      await services.db.pool.query(CLOSE, [id, 'MOVED', error.message, null]);
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

/** Sends the hub's record; answers the sync event. */
async function mendThere(services: Services, caller: Caller, integration: OpenIntegration, one: Difference) {
  const { entity_type: entityType, entity_id: entityId, external_id: externalId } = one;
  if (entityId === null) throw moved('The hub does not know what it was about.');
  if (one.kind === 'FIELD_DIFFERS') await checkHere(services, one, entityId);
  else if (externalId !== null) {
    const back = await integration.connection.readStatus?.(entityType, externalId);
    if (back) throw moved(`${integration.connector.title} has it again.`);
    await services.db.pool.query(UNLINK, [integration.id, entityType, entityId, externalId]);
  }
  const wanted = { id: entityId, integrationId: integration.id, force: true, idempotencyKey: `repair:${one.id}` };
  return syncEntity(services, caller, entityType, wanted);
}

async function checkHere(services: Services, one: Difference, entityId: string): Promise<void> {
  const { rows } = await services.db.pool.query<{ fields: string }>(readHere(one.entity_type), [entityId]);
  const fields = JSON.parse(rows[0]?.fields ?? '{}') as Record<string, string | null>;
  const now = fields[one.field ?? ''] ?? null;
  if (now !== one.here_value) throw moved(`${one.field} is ${now} in the hub by now.`);
}

/** Takes what the system has now, if that still is what was found. */
async function mendHere(services: Services, caller: Caller, integration: OpenIntegration, one: Difference) {
  if (one.kind === 'MISSING_HERE') {
    await takeHere(services, caller, integration, one);
    return null;
  }
  const entityId = one.entity_id ?? '';
  await checkHere(services, one, entityId);
  const event = await integration.connection.readStatus?.(one.entity_type, one.external_id ?? '');
  if (event?.status !== one.there_value) {
    throw moved(`${one.field} is ${event?.sourceStatus ?? 'nothing'} in ${integration.connector.title} by now.`);
  }
  const own = { ...event, eventId: `repair:${one.id}`, reference: { ...event.reference, entityId } };
  const rawBody = Buffer.from(JSON.stringify(event.payload));
  const { status, errorMessage } = await receiveEvent(services, integration, { event: own, rawBody, headers: {} });
  if (status !== 'PROCESSED') throw moved(errorMessage ?? 'The hub knows better by now.');
  return null;
}

const moved = (why: string) =>
  new HubError('INVALID_STATE', `${why} Reconcile again to see how it is now.`, { path: ['id'] });
