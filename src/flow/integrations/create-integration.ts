import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Caller } from '../../access/caller.js';
import { Integration } from '../../db/entities/integration.js';
import { IntegrationMode } from '../../model/statuses.js';
import { auditDone } from '../access/audit-done.js';
import { checkInput, label } from '../check-input.js';
import { checkGatewayRules, publishRules } from '../mappings/publish-rules.js';
import { merchantFor } from '../merchants/merchant-for.js';
import type { Services } from '../services.js';
import {
  checkConfig,
  checkMode,
  checkSchedule,
  checkScheduled,
  fields,
  findConnector,
  mappingsSchema,
  mergeFields,
  statusMappings,
} from './integration-config.js';
import { placeEndpoint } from './place-endpoint.js';

const createIntegrationSchema = z.object({
  merchantId: label(),
  name: label(),
  connector: label(),
  mode: z.enum(IntegrationMode),
  credentials: fields,
  settings: fields,
  mappings: mappingsSchema,
  enabled: z.boolean().nullish(),
});
export type CreateIntegration = z.infer<typeof createIntegrationSchema>;

/**
 * Configures a merchant's use of a connector; answers the integration's id. Credentials are sealed and never read back; a list of
 * mappings is published as field mappings.
 * @throws HubError BAD_USER_INPUT with the field's path, NOT_FOUND for the connector or merchant
 */
export async function createIntegration(services: Services, caller: Caller, input: CreateIntegration): Promise<string> {
  const { name, mode, enabled, ...given } = placeEndpoint(checkInput(createIntegrationSchema, input));
  const connector = findConnector(services, given.connector);
  checkMode(connector, mode);
  const config = {
    credentials: mergeFields({}, given.credentials, connector.credentials),
    settings: mergeFields({}, given.settings, connector.settings),
    mappings: mergeFields({}, statusMappings(given.mappings)),
  };
  checkConfig(services, connector, config);
  checkSchedule(connector, mode, config.settings);
  const ruleSets = await checkGatewayRules(services, connector, given.mappings);
  // Part of the webhook's address, so nobody should be able to guess it.
  const id = `${connector.name}-${randomBytes(6).toString('hex')}`;
  const sealedCredentials = services.sealCredentials(id, config.credentials);
  return services.db.transaction(async (tx) => {
    const merchantId = await merchantFor(tx, caller, given.merchantId, 'make');
    checkScheduled(services, connector, { ...config, merchantId });
    const { settings, mappings } = config;
    tx.em.create(Integration, {
      ...{ id, merchantId, name, mode, settings, mappings, sealedCredentials },
      connector: connector.name,
      enabled: enabled ?? true,
    });
    await tx.em.flush();
    tx.afterCommit(() => services.integrations.changed());
    const details = { name, connector: connector.name, credentialFields: Object.keys(config.credentials) };
    await auditDone(tx, caller, { action: 'integration.create', merchantId, integrationId: id, details });
    await publishRules({ services, tx, caller }, { integrationId: id, merchantId }, ruleSets);
    return id;
  });
}
