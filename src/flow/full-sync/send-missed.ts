import type { Connector } from '../../connectors/connector.js';
import { effectiveSettings } from '../integrations/read-integrations.js';
import type { HubWork } from '../work.js';
import { kindsOf, startRun } from './start-full-sync.js';

/** Since when an integration that is on again has missed what came: also of a run that was to bring it and did not. */
const SINCE = `select to_json(least(i.disabled_at, (select min(f.since) from full_syncs f
    where f.integration_id = i.id and f.state in ('QUEUED', 'RUNNING', 'FAILED') and not exists (select from full_syncs c
      where c.integration_id = i.id and c.since <= f.since and c.state = 'COMPLETE' and c.created_at > f.created_at)))) #>> '{}' as since
from integrations i where i.id = $1`;

interface SwitchedOn {
  id: string;
  merchantId: string;
  settings: Record<string, unknown>;
  mappings: Record<string, unknown>;
}

/**
 * Sends an integration that is switched on, in the transaction that does it, what has come or changed since it was off: as
 * a full sync of that alone, which can be watched and cancelled. Answers the run's id; null: there is nothing.
 */
export async function sendMissed(
  { services, tx }: HubWork,
  connector: Connector,
  { id, merchantId, ...config }: SwitchedOn,
): Promise<string | null> {
  const kinds = kindsOf(connector);
  const settings = connector.settings.safeParse(effectiveSettings(config));
  const [row] = await tx.sql<{ since: string | null }>(SINCE, [id]);
  if (kinds.length === 0 || !row?.since || !settings.success) return null;
  const integration = { id, merchantId, connector, policy: connector.policy(settings.data) };
  return startRun({ services, tx }, integration, kinds, row.since);
}
