import { z } from 'zod';
import type { Caller } from '../../access/caller.js';
import { FILE_KINDS } from '../../connectors/files.js';
import { HubError } from '../../errors.js';
import { EntityType } from '../../model/statuses.js';
import { auditDone } from '../access/audit-done.js';
import { checkInput, idempotencyKey, label } from '../check-input.js';
import { findIntegration } from '../integrations/find-integration.js';
import type { OpenIntegration } from '../integrations/open-integration.js';
import { requireEnabled } from '../integrations/require-enabled.js';
import { once } from '../once.js';
import { canBePulled } from '../pull/run-pull.js';
import type { Services } from '../services.js';
import type { Work } from '../work.js';
import { canBeRead } from './check-status.js';
import { enqueueQuery } from './enqueue-query.js';

const MOST_DELAY_MS = 30 * 24 * 3_600_000;

const startSyncSchema = z.object({
  integrationId: label(),
  entityType: z.enum(EntityType),
  priority: z.number().int().min(-100, 'is below -100').max(100, 'is above 100').nullish(),
  delayMs: z.number().int().min(0, 'is below 0').max(MOST_DELAY_MS, 'is above 30 days').nullish(),
  idempotencyKey,
});
export type StartSync = z.infer<typeof startSyncSchema>;

/**
 * Starts to read what an integration's system knows of one kind of entity; answers the id of the sync event, a QUERY on
 * the integration itself.
 * @throws HubError NOT_FOUND, BAD_USER_INPUT, INTEGRATION_DISABLED, UNSUPPORTED when the connector cannot
 */
export function startSync(services: Services, caller: Caller, input: StartSync): Promise<string> {
  return queryIntegration(services, caller, 'startSync', checkInput(startSyncSchema, input));
}

/** The same with the name of the mutation that asks, to which idempotency keys belong. */
export async function queryIntegration(
  services: Services,
  caller: Caller,
  operation: string,
  wanted: StartSync,
): Promise<string> {
  const integration = await findIntegration(services, caller, wanted.integrationId, ['integrationId']);
  checkReadable(integration, wanted.entityType);
  const { merchantId } = integration;
  return services.db.transaction((tx) =>
    once(tx, { merchantId, operation, key: wanted.idempotencyKey, input: wanted }, () =>
      acceptQuery({ services, tx, caller }, integration, wanted),
    ),
  );
}

/** Whoever asks wants everything read, not only what changed. */
const WANT_ALL = `insert into pull_states (integration_id, entity_type, full_wanted) values ($1, $2, true)
on conflict (integration_id, entity_type) do update set full_wanted = true`;

async function acceptQuery(work: Work, integration: OpenIntegration, wanted: StartSync): Promise<string> {
  const { tx, caller } = work;
  const { entityType } = wanted;
  await tx.sql(WANT_ALL, [integration.id, entityType]);
  const id = await enqueueQuery(work, integration, {
    entityType,
    idempotencyKey: wanted.idempotencyKey ?? undefined,
    priority: wanted.priority ?? 0,
    // At once means so whatever the clock of the database says.
    ...(wanted.delayMs && { notBefore: new Date(Date.now() + wanted.delayMs) }),
  });
  const entity = { merchantId: integration.merchantId, integrationId: integration.id, entityType };
  await auditDone(tx, caller, { action: 'sync.start', ...entity, details: { syncEventId: id } });
  return id;
}

function checkReadable(integration: OpenIntegration, entityType: EntityType): void {
  requireEnabled(integration, ['integrationId']);
  if (readableKinds(integration).includes(entityType)) return;
  throw new HubError('UNSUPPORTED', whyNot(integration, entityType), { path: ['entityType'] });
}

/** What an integration's system can be asked for. */
function readableKinds(integration: OpenIntegration): EntityType[] {
  if (integration.connection.files) return [...FILE_KINDS];
  return Object.values(EntityType).filter((kind) => canBeRead(integration, kind) || canBePulled(integration, kind));
}

/** All that any system can be asked for. */
const WORDS: Partial<Record<EntityType, string>> = {
  PRODUCT: 'products (with their prices)',
  INVENTORY: 'inventory',
  ORDER: 'orders',
  INVOICE: 'invoices',
};

function whyNot(integration: OpenIntegration, entityType: EntityType): string {
  const { title } = integration.connector;
  const kind = entityType.toLowerCase().replaceAll('_', ' ');
  const kinds = readableKinds(integration);
  const others = Object.entries(WORDS).flatMap(([other, word]) => (kinds.includes(other as EntityType) ? [word] : []));
  if (others.length === 0) return `${title} cannot be asked for anything: it tells what it has by webhooks.`;
  return `${title} has nothing of the kind ${kind} to read. It can be asked for ${others.join(', ')}.`;
}
