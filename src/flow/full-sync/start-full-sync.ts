import { z } from 'zod';
import type { Caller } from '../../access/caller.js';
import type { Connector } from '../../connectors/connector.js';
import { HubError } from '../../errors.js';
import { newId } from '../../model/ids.js';
import { EntityType } from '../../model/statuses.js';
import { auditDone } from '../access/audit-done.js';
import { checkInput, idempotencyKey, label } from '../check-input.js';
import { findIntegration } from '../integrations/find-integration.js';
import type { OpenIntegration } from '../integrations/open-integration.js';
import { requireEnabled } from '../integrations/require-enabled.js';
import { once } from '../once.js';
import type { Sendable } from '../sendable.js';
import type { Services } from '../services.js';
import { enqueueQuery } from '../sync/enqueue-query.js';
import type { HubWork } from '../work.js';
import { countSelected, TABLES } from './selected.js';

const fullSyncSchema = z.object({
  integrationId: label(),
  entityTypes: z.array(z.enum(EntityType)).min(1, 'names no kind of entity').nullish(),
  idempotencyKey,
});
export type FullSyncInput = z.infer<typeof fullSyncSchema>;

const INSERT = `insert into full_syncs (id, merchant_id, integration_id, sync_event_id, entity_types, total_count, since)
values ($1, $2, $3, $4, $5, $6, $7)`;

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
      const selection = { merchantId, integrationId, kinds, connector: integration.connector, since: null };
      const total = await countSelected(tx.sql, selection);
      const id = await startRun({ services, tx }, integration, { kinds, since: null, total });
      const entity = { merchantId, integrationId, entityType: 'INTEGRATION', entityId: integrationId } as const;
      await auditDone(tx, caller, { action: 'full_sync.start', ...entity, details: { fullSyncId: id } });
      return id;
    }),
  );
}

type Receiver = Pick<OpenIntegration, 'id' | 'merchantId' | 'policy'>;

interface AskedRun {
  kinds: readonly Sendable['entityType'][];
  /** ISO time: only what has come or changed since then; null: everything. */
  since: string | null;
  /** How many there are; 0: to be counted when the run begins. */
  total: number;
}

/** Answers the run's id. */
export async function startRun(
  work: HubWork,
  integration: Receiver,
  { kinds, since, total }: AskedRun,
): Promise<string> {
  const { id: integrationId, merchantId } = integration;
  const syncEventId = await enqueueQuery(work, integration, { entityType: 'INTEGRATION' });
  const id = newId('FullSync');
  await work.tx.sql(INSERT, [id, merchantId, integrationId, syncEventId, kinds, total, since]);
  return id;
}

/** The kinds that a system is sent, of those that a full sync knows. */
export const kindsOf = ({ sends }: Connector) =>
  sends.filter((kind): kind is Sendable['entityType'] => Object.hasOwn(TABLES, kind));

function checkKinds(integration: OpenIntegration, wanted: EntityType[] | null): Sendable['entityType'][] {
  const { connector } = integration;
  requireEnabled(integration, ['integrationId']);
  const kinds = kindsOf(connector);
  const odd = wanted?.find((kind) => !kinds.some((known) => known === kind));
  if (odd || kinds.length === 0) {
    const message = `${connector.title} is sent ${kinds.join(', ') || 'nothing'}${odd ? `, not ${odd}` : ''}.`;
    throw new HubError('UNSUPPORTED', message, { path: ['entityTypes'] });
  }
  return wanted === null ? kinds : kinds.filter((kind) => wanted.includes(kind));
}
