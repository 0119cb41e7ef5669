import { z } from 'zod';
import type { Caller } from '../../access/caller.js';
import type { Tx } from '../../db/database.js';
import { HubError } from '../../errors.js';
import { newId } from '../../model/ids.js';
import { EntityType } from '../../model/statuses.js';
import { auditDone } from '../access/audit-done.js';
import { checkInput, idempotencyKey, label } from '../check-input.js';
import { findIntegration } from '../integrations/find-integration.js';
import type { OpenIntegration } from '../integrations/integrations.js';
import { requireEnabled } from '../integrations/require-enabled.js';
import { once } from '../once.js';
import type { Sendable } from '../sendable.js';
import type { Services } from '../services.js';
import { enqueueQuery } from '../sync/enqueue-query.js';
import { TABLES } from './run-full-sync.js';

const fullSyncSchema = z.object({
  integrationId: label(),
  entityTypes: z.array(z.enum(EntityType)).min(1, 'names no kind of entity').nullish(),
  idempotencyKey,
});
export type FullSyncInput = z.infer<typeof fullSyncSchema>;

const INSERT = `insert into full_syncs (id, merchant_id, integration_id, sync_event_id, entity_types, total_count)
values ($1, $2, $3, $4, $5, $6)`;

/**
 * Starts to send an integration's system everything of the given kinds, by default of all that it takes, that is not in
 * step there; answers the run's id.
 * @throws HubError NOT_FOUND, INTEGRATION_DISABLED, UNSUPPORTED, BAD_USER_INPUT
 */
export async function startFullSync(services: Services, caller: Caller, input: FullSyncInput): Promise<string> {
  const wanted = checkInput(fullSyncSchema, input);
  const integration = await findIntegration(services, caller, wanted.integrationId, ['integrationId']);
  const kinds = checkKinds(integration, wanted.entityTypes ?? null);
  const { id: integrationId, merchantId } = integration;
  return services.db.transaction((tx) =>
    once(tx, { merchantId, operation: 'startFullSync', key: wanted.idempotencyKey, input: wanted }, async () => {
      const id = await startRun(services, tx, integration, kinds);
      const entity = { merchantId, integrationId, entityType: 'INTEGRATION', entityId: integrationId } as const;
      await auditDone(tx, caller, { action: 'full_sync.start', ...entity, details: { fullSyncId: id } });
      return id;
    }),
  );
}

async function startRun(services: Services, tx: Tx, integration: OpenIntegration, kinds: Sendable['entityType'][]) {
  const syncEventId = await enqueueQuery({ services, tx }, integration, { entityType: 'INTEGRATION' });
  const id = newId('FullSync');
  const counts = kinds.map((kind) => `(select count(*) from ${TABLES[kind]} where merchant_id = $1)`);
  const [row] = await tx.sql<{ total: string }>(`select ${counts.join(' + ')} as total`, [integration.merchantId]);
  await tx.sql(INSERT, [id, integration.merchantId, integration.id, syncEventId, kinds, row?.total ?? 0]);
  return id;
}

function checkKinds(integration: OpenIntegration, wanted: EntityType[] | null): Sendable['entityType'][] {
  const { connector } = integration;
  requireEnabled(integration, ['integrationId']);
  const kinds = connector.sends.filter((kind): kind is Sendable['entityType'] => Object.hasOwn(TABLES, kind));
  const odd = wanted?.find((kind) => !kinds.some((known) => known === kind));
  if (odd || kinds.length === 0) {
    const message = `${connector.title} is sent ${kinds.join(', ') || 'nothing'}${odd ? `, not ${odd}` : ''}.`;
    throw new HubError('UNSUPPORTED', message, { path: ['entityTypes'] });
  }
  return wanted === null ? kinds : kinds.filter((kind) => wanted.includes(kind));
}
