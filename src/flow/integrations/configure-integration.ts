import { isDeepStrictEqual } from 'node:util';
import { Integration, type SealedCredentials } from '../../db/entities/integration.js';
import type { IntegrationMode } from '../../model/statuses.js';
import { lookForMissed, sendMissed } from '../full-sync/send-missed.js';
import { ensureMerchant } from '../merchants/merchant-for.js';
import type { Services } from '../services.js';
import type { HubWork } from '../work.js';
import { checkConfig, findConnector, mergeFields } from './integration-config.js';

/** An integration that the hub's own configuration makes. */
export interface ConfiguredIntegration {
  id: string;
  connector: string;
  merchantId: string;
  /** Left out: as it is; a new one is on. */
  enabled?: boolean | undefined;
  credentials: Record<string, unknown>;
  settings: Record<string, unknown>;
}

/**
 * Makes the integration, or brings it in step: credentials become the given ones, given settings replace those of the
 * same name, and whatever else people have changed stays. Instances that start together do it one after the other.
 * @throws HubError BAD_USER_INPUT when the connector does not accept it
 */
export async function configureIntegration(
  services: Services,
  wanted: ConfiguredIntegration,
  by: 'ENVIRONMENT' | 'DEMO',
  merchantName?: string,
): Promise<void> {
  const connector = findConnector(services, wanted.connector);
  const missed = wanted.enabled ? await lookForMissed(services, wanted.id) : null;
  await services.db.transaction(async (tx) => {
    await tx.sql('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`integration ${wanted.id}`]);
    await ensureMerchant(tx, wanted.merchantId, merchantName);
    const row = await tx.em.findOne(Integration, { id: wanted.id });
    const config = {
      credentials: mergeFields({}, wanted.credentials, connector.credentials),
      settings: mergeFields(row?.settings ?? {}, wanted.settings, connector.settings),
      mappings: row?.mappings ?? {},
    };
    checkConfig(services, connector, config);
    tx.afterCommit(() => services.integrations.changed());
    const [onlyMode, another] = connector.modes ?? [];
    const mode = onlyMode && !another ? onlyMode : 'HYBRID';
    if (!row) return insert({ services, tx }, wanted, { settings: config.settings, configuredBy: by, mode });
    const keptSecret = row.sealedCredentials && opens(services, row.id, row.sealedCredentials, config.credentials);
    if (!keptSecret) row.sealedCredentials = services.sealCredentials(row.id, config.credentials);
    if (!isDeepStrictEqual(row.settings, config.settings)) row.settings = config.settings;
    row.merchantId = wanted.merchantId;
    row.configuredBy = by;
    const wasOff = !row.enabled && row.deletedAt === null;
    row.enabled = wanted.enabled ?? (row.enabled || row.deletedAt !== null);
    row.deletedAt = null;
    await tx.em.flush();
    if (wasOff && row.enabled) await sendMissed({ services, tx }, connector, row, missed);
  });
}

async function insert(
  { services, tx }: HubWork,
  wanted: ConfiguredIntegration,
  made: { settings: Record<string, unknown>; configuredBy: string; mode: IntegrationMode },
): Promise<void> {
  const { id, merchantId, connector, enabled = true } = wanted;
  const sealedCredentials = services.sealCredentials(id, wanted.credentials);
  tx.em.create(Integration, {
    id,
    merchantId,
    name: id,
    connector,
    enabled,
    sealedCredentials,
    ...made,
  });
  await tx.em.flush();
}

/** Whether the sealed credentials are these; those that no key opens are not. */
function opens(services: Services, id: string, sealed: SealedCredentials, credentials: unknown): boolean {
  try {
    return isDeepStrictEqual(services.openCredentials(id, sealed), credentials);
  } catch {
    return false;
  }
}
