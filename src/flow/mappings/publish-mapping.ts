import type { Caller } from '../../access/caller.js';
import { type Sql, sqlOn } from '../../db/database.js';
import { HubError } from '../../errors.js';
import { auditDone } from '../access/audit-done.js';
import { findIntegration } from '../integrations/find-integration.js';
import { lockIntegration } from '../integrations/lock-integration.js';
import type { Services } from '../services.js';
import type { HubWork, Work } from '../work.js';
import { checkRules } from './check-rules.js';
import { findFormerVersion, findVersion, type StoredVersion } from './mapping-input.js';

/**
 * Publishes a version: from now on every instance maps by it, and the one before is retired. Answers its id.
 * @throws HubError NOT_FOUND, BAD_USER_INPUT when its rules do not compile (the cause has a problem per rule)
 */
export async function publishMapping(services: Services, caller: Caller, id: string): Promise<string> {
  const wanted = await findVersion({ sql: sqlOn(services.db.pool) }, caller, id);
  await checkRules(services, await findIntegration(services, caller, wanted.integrationId, ['id']), [wanted], () => []);
  return services.db.transaction((tx) => publish({ services, tx, caller }, wanted, 'mapping.publish'));
}

/**
 * Publishes again what was published before; answers that version's id.
 * @throws HubError NOT_FOUND, INVALID_STATE when there is nothing to go back to
 */
export async function rollbackMapping(services: Services, caller: Caller, mappingId: string): Promise<string> {
  return services.db.transaction(async (tx) => {
    await checkVisible(tx.sql, caller, mappingId);
    const former = await findFormerVersion(tx, caller, mappingId);
    if (former) return publish({ services, tx, caller }, former, 'mapping.rollback');
    throw new HubError(
      'INVALID_STATE',
      'No other version of this mapping was ever published; withdrawMapping takes this one back.',
      {
        path: ['mappingId'],
      },
    );
  });
}

/**
 * Takes the published version of a mapping out of use; answers the mapping's id.
 * @throws HubError NOT_FOUND
 */
export async function withdrawMapping(services: Services, caller: Caller, mappingId: string): Promise<string> {
  return services.db.transaction(async (tx) => {
    const { merchantId, integrationId } = await checkVisible(tx.sql, caller, mappingId);
    await lockIntegration(tx, caller, integrationId, ['mappingId']);
    await tx.sql(`update mapping_versions set status = 'RETIRED' where mapping_id = $1 and status = 'PUBLISHED'`, [
      mappingId,
    ]);
    await tx.sql('update mappings set published_version = null, updated_at = now() where id = $1', [mappingId]);
    await tellEveryone({ services, tx }, integrationId);
    await auditDone(tx, caller, { action: 'mapping.withdraw', merchantId, integrationId, details: { mappingId } });
    return mappingId;
  });
}

async function checkVisible(sql: Sql, caller: Caller, mappingId: string) {
  const [row] = await sql<{ merchantId: string; integrationId: string }>(
    `select merchant_id as "merchantId", integration_id as "integrationId" from mappings
     where id = $1 and ($2::text is null or merchant_id = $2)`,
    [mappingId, caller.merchantId],
  );
  if (row) return row;
  throw new HubError('NOT_FOUND', `There is no mapping ${mappingId}.`, { path: ['mappingId'] });
}

/** Publications of one integration wait for each other at its row. */
export async function publish({ services, tx, caller }: Work, wanted: StoredVersion, action: string) {
  const { id, mappingId, merchantId, integrationId, entityType, direction, version } = wanted;
  await lockIntegration(tx, caller, integrationId, ['id']);
  await tx.sql(
    `update mapping_versions set status = 'RETIRED' where mapping_id = $1 and status = 'PUBLISHED' and id <> $2`,
    [mappingId, id],
  );
  await tx.sql(
    `update mapping_versions set status = 'PUBLISHED', published_at = now(), published_by = $2 where id = $1`,
    [id, caller.subject],
  );
  await tx.sql('update mappings set published_version = $2, updated_at = now() where id = $1', [mappingId, version]);
  await tellEveryone({ services, tx }, integrationId);
  const details = { mappingVersionId: id, entityType, direction, version };
  await auditDone(tx, caller, { action, merchantId, integrationId, details });
  return id;
}

/** A write to the integration makes every instance read it anew. */
async function tellEveryone({ services, tx }: HubWork, integrationId: string): Promise<void> {
  await tx.sql('update integrations set updated_at = now() where id = $1', [integrationId]);
  tx.afterCommit(() => services.integrations.changed());
}
