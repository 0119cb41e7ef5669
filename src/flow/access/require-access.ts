import type { Caller } from '../../access/caller.js';
import { type GuardedSystem, isNone, isWide, isWithin, reachOf } from '../../access/reach.js';
import type { Connector } from '../../connectors/connector.js';
import { type Sql, sqlOn } from '../../db/database.js';
import { HubError } from '../../errors.js';
import type { AccessRule, Touched, TouchedNoun } from '../../model/access-rule.js';
import type { Services } from '../services.js';

type Guarded = Pick<Services, 'connectors' | 'db'>;
type Args = Readonly<Record<string, unknown>>;

/** Of which connectors tokens may name permissions. */
export const guardedSystems = (connectors: readonly Pick<Connector, 'name' | 'permissions'>[]): GuardedSystem[] =>
  connectors.flatMap(({ name, permissions }) => (permissions ? [{ connector: name, permissions }] : []));

/**
 * Refuses what the rule of an operation does not allow its caller. What is not there, or another merchant's, is left to
 * the operation, which does not find it.
 * @throws HubError FORBIDDEN
 */
export async function requireAccess(services: Guarded, caller: Caller, rule: AccessRule, args: Args): Promise<void> {
  const touched: Touched = rule.touches?.(args) ?? { of: 'rows' };
  const right = touched.right ?? rule.right;
  const systems = caller.permissions.length > 0 ? guardedSystems(services.connectors) : [];
  const reach = reachOf(caller, systems, { role: rule.role, right });
  if (isNone(reach)) throw refusal(caller, { role: rule.role, right }, reach.denied);
  if (isWide(reach) || touched.of === 'rows') return;
  if (touched.of === 'everything') throw refusal(caller, { role: rule.role, right }, reach.denied, EVERYTHING);
  const connectors = await connectorsOf(services, caller, touched);
  if (connectors.every((connector) => isWithin(reach, connector))) return;
  const denied = reach.denied.filter(({ connector }) => connectors.includes(connector));
  throw refusal(caller, { role: rule.role, right }, denied);
}

/** Connectors whose systems a viewer's token keeps it from seeing the status of. */
export const hiddenFrom = ({ connectors }: Pick<Services, 'connectors'>, caller: Caller): string[] =>
  reachOf(caller, guardedSystems(connectors), { role: 'viewer', right: 'viewStatus' }).denied.map(
    ({ connector }) => connector,
  );

const EVERYTHING = ' It touches every system: name the one that is meant, where that can be named.';

/** `denied`: those of them that are touched; where there is none, the role is what is missing. */
function refusal(caller: Caller, { role, right }: AccessRule, denied: readonly GuardedSystem[], hint = ''): HubError {
  const missing = denied.flatMap(({ permissions }) => (right === null ? [] : [permissions[right]]));
  const message =
    missing.length > 0
      ? `This needs the permission ${missing.join(' and ')}; you have ${caller.permissions.join(', ')}.`
      : `This needs the role ${role}; you have ${caller.role}.`;
  return new HubError('FORBIDDEN', `${message}${hint}`);
}

type Named = Exclude<Touched, { of: 'everything' | 'rows' }>;

/** `$1` the id, `$2` the caller's merchant: answers rows with the connector, null where a row is of no integration. */
const FIND: Readonly<Record<TouchedNoun | 'integration', string>> = {
  integration: of('integrations', 't.id = $1', 't.id'),
  syncEvent: of('sync_events', 't.id::text = $1'),
  alert: of('alerts', 't.id = $1'),
  alertRule: `select coalesce(t.connector, (select connector from integrations where id = t.integration_id), '*') as connector
    from alert_rules t where t.id = $1 and $2::text is null`,
  notification: of('notifications', 't.id = $1'),
  mapping: of('mappings', 't.id = $1'),
  mappingVersion: of('mappings', 't.id = (select mapping_id from mapping_versions where id = $1)'),
  reconciliation: of('reconciliations', 't.id = $1'),
  fullSync: of('full_syncs', 't.id = $1'),
  pull: of('pulls', 't.id = $1'),
  difference: of('reconciliation_differences', 't.id = $1'),
};

function of(table: string, where: string, integration = 't.integration_id'): string {
  return `select (select connector from integrations where id = ${integration}) as connector from ${table} t
    where ${where} and ($2::text is null or t.merchant_id = $2)`;
}

const TABLE = {
  ORDER: 'orders',
  INVOICE: 'invoices',
  CUSTOMER: 'customers',
  TRANSACTION: 'transactions',
  BILLING_SUBSCRIPTION: 'billing_subscriptions',
} as const;

async function connectorsOf(services: Guarded, caller: Caller, touched: Named): Promise<(string | null)[]> {
  if (touched.of === 'connector') return [touched.name];
  // No row has such an id, and PostgreSQL takes none.
  if (touched.id.includes('\0')) return [];
  const sql = sqlOn(services.db.pool);
  if (touched.of === 'recipients') return recipientsOf(services, sql, caller, touched);
  const rows = await sql<{ connector: string | null }>(FIND[touched.of], [touched.id, caller.merchantId]);
  return rows.flatMap(({ connector }) =>
    connector === '*' ? services.connectors.map(({ name }) => name) : [connector],
  );
}

async function recipientsOf(
  { connectors }: Guarded,
  sql: Sql,
  { merchantId }: Caller,
  { entityType, id }: Extract<Touched, { of: 'recipients' }>,
): Promise<string[]> {
  const rows = await sql<{ connector: string }>(
    `select distinct connector from integrations where enabled and deleted_at is null and merchant_id = (
       select merchant_id from ${TABLE[entityType]} where id = $1 and ($2::text is null or merchant_id = $2))`,
    [id, merchantId],
  );
  const sending = new Set(connectors.filter(({ sends }) => sends.includes(entityType)).map(({ name }) => name));
  return rows.map(({ connector }) => connector).filter((connector) => sending.has(connector));
}
