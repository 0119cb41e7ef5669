import { type Caller, requireRole } from '../../access/caller.js';
import type { Resources } from '../../access/resources.js';
import type { Connector, IntegrationRight } from '../../connectors/connector.js';
import type { Sql } from '../../db/database.js';
import { HubError } from '../../errors.js';
import type { Role } from '../../model/statuses.js';
import type { Services } from '../services.js';

const BY_DEFAULT: Record<IntegrationRight, Role> = {
  config: 'admin',
  manage: 'operator',
  sync: 'operator',
  resync: 'operator',
  viewStatus: 'viewer',
};

/**
 * Whether the caller may do this with an integration of the connector. Where the caller's token names permissions of the
 * connector, these alone decide; else the role does.
 * @throws HubError FORBIDDEN
 */
export function requireRight(
  caller: Caller,
  { permissions }: Pick<Connector, 'permissions'>,
  right: IntegrationRight,
): void {
  const names = Object.values(permissions ?? {});
  const granted = caller.permissions.filter((name) => names.includes(name));
  if (!permissions || granted.length === 0) requireRole(caller, BY_DEFAULT[right]);
  else if (!granted.includes(permissions[right])) {
    const message = `This needs the permission ${permissions[right]}; you have ${granted.join(', ')}.`;
    throw new HubError('FORBIDDEN', message);
  }
}

/** Which of all rights {@link requireRight} would grant. */
export function rightsOf(caller: Caller, connector: Pick<Connector, 'permissions'>): Record<IntegrationRight, boolean> {
  const granted = (right: IntegrationRight) => {
    try {
      requireRight(caller, connector, right);
      return true;
    } catch {
      return false;
    }
  };
  return {
    config: granted('config'),
    manage: granted('manage'),
    sync: granted('sync'),
    resync: granted('resync'),
    viewStatus: granted('viewStatus'),
  };
}

/**
 * For work that names no integration yet: whoever has the role may begin it, and whoever has permissions may have it;
 * `requireRight` then decides.
 * @throws HubError FORBIDDEN
 */
export function requireSomeRight(caller: Caller, right: IntegrationRight): void {
  if (caller.permissions.length === 0) requireRole(caller, BY_DEFAULT[right]);
}

/** What tokens may carry of each system that has resources. */
export const resourcesOf = (connectors: readonly Pick<Connector, 'permissions'>[]): Resources[] =>
  connectors.flatMap(({ permissions }) => permissions ?? []);

/** The same by an integration's id, whatever became of it; `sql` may be a transaction's. */
export async function requireRightTo(
  services: Pick<Services, 'connectors'>,
  sql: Sql,
  caller: Caller,
  integrationId: string,
  right: IntegrationRight,
): Promise<void> {
  const [row] = await sql<{ connector: string }>('select connector from integrations where id = $1', [integrationId]);
  requireRight(caller, services.connectors.find(({ name }) => name === row?.connector) ?? {}, right);
}
