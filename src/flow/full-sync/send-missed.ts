import type { Connector } from '../../connectors/connector.js';
import { type Sql, sqlOn } from '../../db/database.js';
import { findConnector } from '../integrations/integration-config.js';
import { effectiveSettings } from '../integrations/read-integrations.js';
import type { Services } from '../services.js';
import type { HubWork } from '../work.js';
import { selectsAny } from './selected.js';
import { kindsOf, startRun } from './start-full-sync.js';

/** Since when an integration that is on again has missed what came: also of a run that was to bring it and did not. */
const SINCE = `select i.merchant_id as "merchantId", i.connector, pg_current_snapshot()::text as snapshot,
  to_json(least(i.disabled_at, (select min(f.since) from full_syncs f
    where f.integration_id = i.id and f.state in ('QUEUED', 'RUNNING', 'FAILED') and not exists (select from full_syncs c
      where c.integration_id = i.id and c.since <= f.since and c.state = 'COMPLETE' and c.created_at > f.created_at)))) #>> '{}' as since
from integrations i where i.id = $1`;

/** Whether anything of these kinds has come or changed that a snapshot does not have yet. */
const CAME = `select exists (select from changes where xid >= pg_snapshot_xmin($1::pg_snapshot)
  and not pg_visible_in_snapshot(xid, $1::pg_snapshot) and merchant_id = $2 and entity_type = any ($3)) as came`;

interface Beginning {
  merchantId: string;
  connector: string;
  /** What was there then. */
  snapshot: string;
  since: string | null;
}

/** What an integration was seen to have missed. */
export interface Missed {
  beginning: Beginning;
  found: boolean;
}

interface SwitchedOn {
  id: string;
  merchantId: string;
  settings: Record<string, unknown>;
  mappings: Record<string, unknown>;
}

/**
 * Looks for what has come or changed since an integration was off; null: there is none such for the merchant, if one is given. To be done before the
 * transaction that switches it on: among a million orders it takes a second, in which nobody should wait for the integration.
 * @throws HubError where its connector is unknown
 */
export async function lookForMissed(
  services: Services,
  integrationId: string,
  onlyMerchantId: string | null = null,
): Promise<Missed | null> {
  const sql = sqlOn(services.db.pool);
  const beginning = await beginningOf(sql, integrationId);
  if (!beginning) return null;
  const { merchantId, since } = beginning;
  if (onlyMerchantId !== null && merchantId !== onlyMerchantId) return null;
  const connector = findConnector(services, beginning.connector);
  const kinds = kindsOf(connector);
  if (since === null || kinds.length === 0) return { beginning, found: false };
  return { beginning, found: await selectsAny(sql, { merchantId, integrationId, kinds, connector, since }) };
}

const beginningOf = async (sql: Sql, id: string) => (await sql<Beginning>(SINCE, [id]))[0] ?? null;

/**
 * Sends an integration that is switched on, in the transaction that does it, what has come or changed since it was off: as
 * a full sync of that alone, which can be watched and cancelled. Answers the run's id; null: there is nothing.
 * @param missed what was found just before
 */
export async function sendMissed(
  { services, tx }: HubWork,
  connector: Connector,
  { id, merchantId, ...config }: SwitchedOn,
  missed: Missed | null,
): Promise<string | null> {
  const kinds = kindsOf(connector);
  const settings = connector.settings.safeParse(effectiveSettings(config));
  const { since } = (await beginningOf(tx.sql, id)) ?? { since: null };
  if (kinds.length === 0 || since === null || !settings.success) return null;
  const isLooked = missed?.beginning.since === since && missed.beginning.merchantId === merchantId;
  if (isLooked && !missed.found && !(await hasCome(tx.sql, missed.beginning, kinds))) return null;
  const integration = { id, merchantId, policy: connector.policy(settings.data) };
  return startRun({ services, tx }, integration, { kinds, since, total: 0 });
}

async function hasCome(sql: Sql, { snapshot, merchantId }: Beginning, kinds: readonly string[]): Promise<boolean> {
  const [row] = await sql<{ came: boolean }>(CAME, [snapshot, merchantId, kinds]);
  return row?.came === true;
}
