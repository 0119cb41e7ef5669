import type { Database } from '../../db/database.js';
import type { SealedCredentials } from '../../db/entities/integration.js';
import type { RuleSet } from '../../mapping/mapping-rules.js';
import type { IntegrationMode } from '../../model/statuses.js';

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
  /** The published field mappings. */
  ruleSets: RuleSet[];
  /** What signs webhooks by the gateway's scheme, where one was registered. */
  webhook: { events: string[]; sealedSecret: SealedCredentials | null } | null;
}

const READ = `select json_build_object('id', id, 'merchantId', merchant_id, 'name', name, 'connector', connector,
  'mode', mode, 'enabled', enabled, 'settings', settings, 'mappings', mappings,
  'sealedCredentials', sealed_credentials,
  'ruleSets', (select coalesce(json_agg(json_build_object('entityType', m.entity_type, 'direction', m.direction,
      'version', v.version, 'rules', v.rules) order by m.id), '[]')
    from mappings m join mapping_versions v on v.mapping_id = m.id and v.status = 'PUBLISHED'
    where m.integration_id = i.id),
  'webhook', (select json_build_object('events', w.events, 'sealedSecret', w.sealed_secret)
    from webhook_registrations w where w.integration_id = i.id))::text as integration
from integrations i where deleted_at is null order by id`;

/** Every integration that is not deleted; there are few. */
export async function readIntegrations(db: Database): Promise<IntegrationRow[]> {
  const { rows } = await db.pool.query<{ integration: string }>(READ);
  return rows.map(({ integration }) => JSON.parse(integration));
}

/** What the connector is given: the settings, with the integration's mappings as their `statusMappings`. */
export function effectiveSettings({ settings, mappings }: Pick<IntegrationRow, 'settings' | 'mappings'>): unknown {
  return Object.keys(mappings).length === 0 ? settings : { ...settings, statusMappings: mappings };
}
