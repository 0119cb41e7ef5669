import type { Caller } from '../../access/caller.js';
import { isWithin, reachOf } from '../../access/reach.js';
import type { Connector } from '../../connectors/connector.js';
import type { IntegrationRight } from '../../model/access-rule.js';
import type { Role } from '../../model/statuses.js';
import { guardedSystems } from './require-access.js';

/** The least role for what most fields with the right ask, where the caller's token names no permission of the system. */
const BY_DEFAULT: Record<IntegrationRight, Role> = {
  config: 'admin',
  manage: 'operator',
  sync: 'operator',
  resync: 'operator',
  viewStatus: 'viewer',
};

/** What the caller may do with integrations of a connector. */
export function rightsOf(
  caller: Caller,
  connector: Pick<Connector, 'name' | 'permissions'>,
): Record<IntegrationRight, boolean> {
  const systems = guardedSystems([connector]);
  const rights = Object.entries(BY_DEFAULT).map(([right, role]) => {
    const reach = reachOf(caller, systems, { role, right: right as IntegrationRight });
    return [right, isWithin(reach, connector.name)];
  });
  return Object.fromEntries(rights);
}
