import type { Database } from '../db/database.js';
import type { SealedCredentials } from '../db/entities/integration.js';
import type { IntegrationMode } from '../model/statuses.js';

/** An integration as it is stored. */
export interface IntegrationRow {
  id: string;
  merchantId: string;
  name: string;
  connector: string;
  mode: IntegrationMode;
  enabled: boolean;
  sealedCredentials: SealedCredentials | null;
  settings: Record<string, unknown>;
  mappings: Record<string, unknown>;
}

const READ = `select json_build_object('id', id, 'merchantId', merchant_id, 'name', name, 'connector', connector,
  'mode', mode, 'enabled', enabled, 'settings', settings, 'mappings', mappings,
  'sealedCredentials', sealed_credentials)::text as integration
from integrations where deleted_at is null order by id`;

/** Every integration that is not deleted; there are few. */
export async function readIntegrations(db: Database): Promise<IntegrationRow[]> {
  const { rows } = await db.pool.query<{ integration: string }>(READ);
  return rows.map(({ integration }) => JSON.parse(integration));
}

/** What the connector is given: the settings, with the integration's mappings as their `statusMappings`. */
export function effectiveSettings({ settings, mappings }: Pick<IntegrationRow, 'settings' | 'mappings'>): unknown {
  return Object.keys(mappings).length === 0 ? settings : { ...settings, statusMappings: mappings };
}
