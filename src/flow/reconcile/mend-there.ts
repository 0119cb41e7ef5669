import type { Caller } from '../../access/caller.js';
import { HubError } from '../../errors.js';
import type { OpenIntegration } from '../integrations/open-integration.js';
import type { Services } from '../services.js';
import { syncEntity } from '../sync/sync-entity.js';
import type { RecordDifference } from './difference.js';
import { mapRecords } from './map-records.js';
import { checkHere, moved } from './moved.js';

/** The hub lets go of a record that its system has no more, so that it is created anew. */
const UNLINK = `update links set external_id = null, source_at = null, source_rank = null,
  status_at = null, status_rank = null, step_at = null, step_from = null, fields_at = null
where integration_id = $1 and entity_type = $2 and entity_id = $3 and external_id = $4`;

/**
 * Sends the hub's record if both sides still are as they were found; answers the sync event.
 * @throws HubError INVALID_STATE when one is not
 */
export async function mendThere(
  services: Services,
  caller: Caller,
  integration: OpenIntegration,
  one: RecordDifference,
): Promise<string> {
  const { id, entity_type: entityType, entity_id: entityId, external_id: externalId } = one;
  if (entityId === null) throw moved('The hub does not know what it was about.');
  if (one.kind === 'FIELD_DIFFERS') await checkHere(services, integration, one, entityId);
  if (externalId !== null) await checkThere(services, integration, one, entityId, externalId);
  // A repair that is begun again after its sync event failed or was skipped is an effect of its own.
  const idempotencyKey = one.sync_event_id === null ? `repair:${id}` : `repair:${id}:${one.sync_event_id}`;
  return syncEntity(services, caller, entityType, {
    id: entityId,
    integrationId: integration.id,
    force: true,
    idempotencyKey,
  });
}

async function checkThere(
  services: Services,
  integration: OpenIntegration,
  one: RecordDifference,
  entityId: string,
  externalId: string,
): Promise<void> {
  const { id, connection, connector } = integration;
  const now = await connection.readRecord?.(one.entity_type, externalId);
  if (one.kind === 'MISSING_THERE') {
    if (now) throw moved(`${connector.title} has it again.`);
    await services.db.pool.query(UNLINK, [id, one.entity_type, entityId, externalId]);
    return;
  }
  if (!now) throw moved(`${connector.title} no longer has it.`);
  const [told] = await mapRecords(integration, one.entity_type, [now]);
  const value = told && !(told instanceof HubError) ? (told[one.field ?? ''] ?? null) : null;
  if (value !== one.there_value) throw moved(`${one.field} is ${value} in ${connector.title} by now.`);
}
