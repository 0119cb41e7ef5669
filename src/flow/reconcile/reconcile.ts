import { z } from 'zod';
import type { Caller } from '../../access/caller.js';
import { HubError } from '../../errors.js';
import { newId } from '../../model/ids.js';
import { EntityType } from '../../model/statuses.js';
import { auditDone } from '../access/audit-done.js';
import { askedPeriod, type Period } from '../asked-period.js';
import { checkInput, idempotencyKey, label, time } from '../check-input.js';
import { findIntegration } from '../integrations/find-integration.js';
import type { OpenIntegration } from '../integrations/open-integration.js';
import { requireEnabled } from '../integrations/require-enabled.js';
import { once } from '../once.js';
import type { Services } from '../services.js';
import { enqueueQuery } from '../sync/enqueue-query.js';
import type { HubWork } from '../work.js';

const DEFAULT_MS = 90 * 86_400_000;

const reconcileSchema = z.object({
  integrationId: label(),
  entityTypes: z.array(z.enum(EntityType)).min(1, 'names no kind of entity').nullish(),
  from: time.nullish(),
  to: time.nullish(),
  idempotencyKey,
});
export type Reconcile = z.infer<typeof reconcileSchema>;

const INSERT = `insert into reconciliations (id, merchant_id, integration_id, sync_event_id, entity_types, period_from, period_to)
values ($1, $2, $3, $4, $5, $6, $7)`;

/** The kinds that an integration's system can be compared for: those it is sent and can list, and products that it tells. */
function reconcilableTypes({ connector, connection, settings }: OpenIntegration): EntityType[] {
  const listed = (connector.lists ?? []).filter((kind) => connector.owed?.(kind, settings)?.length !== 0);
  return connection.pull?.PRODUCT ? [...listed, 'PRODUCT'] : listed;
}

/**
 * Starts to compare an integration's system with the hub, by default all that it is sent over the last 90 days; answers
 * the run's id.
 * @throws HubError NOT_FOUND, INTEGRATION_DISABLED, UNSUPPORTED, BAD_USER_INPUT
 */
export async function reconcile(services: Services, caller: Caller, input: Reconcile): Promise<string> {
  const wanted = checkInput(reconcileSchema, input);
  const integration = await findIntegration(services, caller, wanted.integrationId, ['integrationId']);
  const types = checkTypes(integration, wanted.entityTypes ?? null);
  const period = askedPeriod(wanted, DEFAULT_MS);
  const { id: integrationId, merchantId } = integration;
  return services.db.transaction((tx) =>
    once(tx, { merchantId, operation: 'reconcile', key: wanted.idempotencyKey, input: wanted }, async () => {
      const id = await startRun({ services, tx }, integration, types, period);
      await auditDone(tx, caller, {
        action: 'reconciliation.start',
        merchantId,
        integrationId,
        entityType: 'INTEGRATION',
        entityId: integrationId,
        details: { reconciliationId: id },
      });
      return id;
    }),
  );
}

/**
 * Starts one for each enabled integration whose system can be compared, those with a timetable of their own only when
 * somebody asks; answers how many.
 */
export async function reconcileAll(services: Services, asked: boolean): Promise<number> {
  const all = (await services.integrations.all()).filter(
    (one) => one.enabled && reconcilableTypes(one).length > 0 && (asked || !one.connector.timetable),
  );
  for (const integration of all) await reconcileByClock(services, integration);
  return all.length;
}

/** Compares all kinds over the last 90 days. */
export async function reconcileByClock(services: Services, integration: OpenIntegration): Promise<void> {
  const types = reconcilableTypes(integration);
  await services.db.transaction((tx) => startRun({ services, tx }, integration, types, askedPeriod({}, DEFAULT_MS)));
}

async function startRun(
  work: HubWork,
  integration: OpenIntegration,
  types: EntityType[],
  { from, to }: Period,
): Promise<string> {
  const syncEventId = await enqueueQuery(work, integration, { entityType: 'INTEGRATION' });
  const id = newId('Reconciliation');
  await work.tx.sql(INSERT, [id, integration.merchantId, integration.id, syncEventId, types, from, to]);
  return id;
}

function whyNot({ connector: { title, lists } }: OpenIntegration): string {
  if (lists) return `All that ${title} could be compared for is switched off in its settings.`;
  return `${title} has no call that lists what it has, so it cannot be compared: its status checks and webhooks keep it in step.`;
}

function checkTypes(integration: OpenIntegration, wanted: EntityType[] | null): EntityType[] {
  const { connector } = integration;
  const path = ['integrationId'];
  requireEnabled(integration, path);
  const types = reconcilableTypes(integration);
  if (types.length === 0) throw new HubError('UNSUPPORTED', whyNot(integration), { path });
  const odd = wanted?.find((type) => !types.includes(type));
  if (!odd) return wanted ?? types;
  const message = `${connector.title} can be compared for ${types.join(', ')}, not ${odd}.`;
  throw new HubError('UNSUPPORTED', message, { path: ['entityTypes'] });
}
