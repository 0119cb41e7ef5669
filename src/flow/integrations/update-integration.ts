import { z } from 'zod';
import type { Caller } from '../../access/caller.js';
import type { Connector } from '../../connectors/connector.js';
import type { SealedCredentials } from '../../db/entities/integration.js';
import { HubError } from '../../errors.js';
import { IntegrationMode } from '../../model/statuses.js';
import { auditDone } from '../access/audit-done.js';
import { checkInput, label } from '../check-input.js';
import { lookForMissed, sendMissed } from '../full-sync/send-missed.js';
import { checkGatewayRules, publishRules } from '../mappings/publish-rules.js';
import type { Services } from '../services.js';
import {
  checkConfig,
  checkMode,
  checkSchedule,
  checkScheduled,
  fields,
  findConnector,
  type IntegrationConfig,
  mappingsSchema,
  mergeFields,
  statusMappings,
} from './integration-config.js';
import { lockIntegration } from './lock-integration.js';
import { placeEndpoint } from './place-endpoint.js';

const updateIntegrationSchema = z.object({
  id: label(),
  name: label().nullish(),
  mode: z.enum(IntegrationMode).nullish(),
  credentials: fields,
  settings: fields,
  mappings: mappingsSchema,
  enabled: z.boolean().nullish(),
  sendMissed: z.boolean().nullish(),
});
export type UpdateIntegration = z.infer<typeof updateIntegrationSchema>;

/**
 * Changes what is given of an integration; answers its id. Fields of credentials, settings and mappings replace those
 * of the same name, and a list of mappings is published as field mappings; null means "no value" where the connector's schema takes it, else it takes the field out. Every instance works by the new configuration at once.
 * @throws HubError NOT_FOUND, BAD_USER_INPUT with the field's path
 */
export async function updateIntegration(services: Services, caller: Caller, input: UpdateIntegration): Promise<string> {
  const update = placeEndpoint(checkInput(updateIntegrationSchema, input));
  const sendsMissed = update.enabled === true && update.sendMissed !== false;
  const missed = sendsMissed ? await lookForMissed(services, update.id, caller.merchantId) : null;
  return services.db.transaction(async (tx) => {
    const row = await lockIntegration(tx, caller, update.id);
    const connector = findConnector(services, row.connector);
    const config = merge(services, connector, row, update);
    checkConfig(services, connector, config);
    const ruleSets = await checkGatewayRules(services, connector, update.mappings);
    if (update.mode) checkMode(connector, update.mode);
    if (update.mode || update.settings) checkSchedule(connector, update.mode ?? row.mode, config.settings);
    if (update.settings) checkScheduled(services, connector, { ...config, merchantId: row.merchantId });
    row.name = update.name ?? row.name;
    row.mode = update.mode ?? row.mode;
    const wasOff = !row.enabled;
    row.enabled = update.enabled ?? row.enabled;
    row.settings = config.settings;
    row.mappings = config.mappings;
    if (update.credentials) row.sealedCredentials = services.sealCredentials(row.id, config.credentials);
    row.updatedAt = new Date();
    await tx.em.flush();
    tx.afterCommit(() => services.integrations.changed());
    const { merchantId, id: integrationId } = row;
    const fullSyncId = wasOff && sendsMissed ? await sendMissed({ services, tx }, connector, row, missed) : null;
    await publishRules({ services, tx, caller }, { integrationId, merchantId }, ruleSets);
    await auditDone(tx, caller, {
      action: 'integration.update',
      merchantId,
      integrationId,
      details: { ...changes(update), ...(fullSyncId && { fullSyncId }) },
    });
    return row.id;
  });
}

/** Credentials that no configured key opens any more can be replaced as a whole. */
function merge(
  services: Services,
  connector: Connector,
  row: Pick<IntegrationConfig, 'settings' | 'mappings'> & { id: string; sealedCredentials?: SealedCredentials | null },
  update: UpdateIntegration,
): IntegrationConfig {
  return {
    credentials: mergeFields(presentCredentials(services, row, update), update.credentials, connector.credentials),
    settings: mergeFields(row.settings, update.settings, connector.settings),
    mappings: mergeFields(row.mappings, statusMappings(update.mappings)),
  };
}

function presentCredentials(
  services: Services,
  { id, sealedCredentials }: { id: string; sealedCredentials?: SealedCredentials | null },
  update: UpdateIntegration,
): Record<string, unknown> {
  if (!sealedCredentials) return {};
  try {
    return services.openCredentials(id, sealedCredentials);
  } catch (error) {
    if (update.credentials && error instanceof HubError && error.code === 'CREDENTIALS_UNREADABLE') return {};
    throw error;
  }
}

/** What an audit entry tells: names of credentials, never their values. */
function changes({ credentials, id: _, ...plain }: UpdateIntegration): Record<string, unknown> {
  return credentials ? { ...plain, credentialFields: Object.keys(credentials) } : plain;
}
