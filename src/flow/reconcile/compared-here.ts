import type { UpstreamRecord } from '../../connectors/connector.js';
import type { Sql } from '../../db/database.js';
import { HubError } from '../../errors.js';
import type { Snapshot } from '../../model/snapshots.js';
import type { OpenIntegration } from '../integrations/open-integration.js';
import type { Sendable } from '../sendable.js';
import { readSnapshots } from '../sync/read-snapshots.js';

type Fields = UpstreamRecord['fields'];

const CUSTOMERS = `select entity_id as id, external_id as external from links
where integration_id = $1 and entity_type = 'CUSTOMER' and entity_id = any($2) and external_id is not null`;

/** What of each entity should be found at the integration's system, or why that cannot be worked out. */
export async function comparedHere(
  sql: Sql,
  integration: OpenIntegration,
  entityType: Sendable['entityType'],
  ids: readonly string[],
): Promise<Map<string, Fields | HubError>> {
  const snapshots = await readSnapshots(sql, entityType, ids, integration.id);
  const related = await relatedTo(sql, integration.id, [...snapshots.values()]);
  const each = [...snapshots].map(
    async ([id, snapshot]) => [id, await expected(integration, entityType, snapshot, related)] as const,
  );
  return new Map(await Promise.all(each));
}

/** The system's ids of the customers that these name. */
async function relatedTo(sql: Sql, integrationId: string, snapshots: readonly Snapshot[]) {
  const ids = snapshots.flatMap((one) => ('customerId' in one && one.customerId) || []);
  if (ids.length === 0) return {};
  const rows = await sql<{ id: string; external: string }>(CUSTOMERS, [integrationId, ids]);
  return Object.fromEntries(rows.map(({ id, external }) => [id, external]));
}

async function expected(
  { connection }: OpenIntegration,
  entityType: Sendable['entityType'],
  snapshot: Snapshot,
  related: Readonly<Record<string, string>>,
): Promise<Fields | HubError> {
  if (!connection.expect) return ownFields(snapshot);
  try {
    return await connection.expect(entityType, snapshot, related);
  } catch (error) {
    if (error instanceof HubError) return error;
    return new HubError('MAPPING_FAILED', `What the system should have of it cannot be worked out: ${String(error)}`);
  }
}

/** For connectors that do not say what becomes of an entity on its way. */
function ownFields(snapshot: Snapshot): Fields {
  const totals = 'totals' in snapshot ? snapshot.totals : {};
  const all = Object.entries({ ...totals, ...snapshot });
  return Object.fromEntries(all.filter((entry): entry is [string, string | null] => isPlain(entry[1])));
}

const isPlain = (value: unknown) => value === null || typeof value === 'string';
