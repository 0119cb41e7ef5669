import { type Caller, hasRole } from '../access/caller.js';
import { missingResource, type Resources } from '../access/resources.js';
import { HubError } from '../errors.js';
import type { Role } from '../model/statuses.js';

/** What a token that carries resources needs one for, see `Connector.permissions`. */
type NeededResource = 'config' | 'viewStatus';

/** What whoever runs a plan needs for one of its fields. */
export interface NeededRight {
  field: string;
  role: Role | null;
  resource: NeededResource | null;
}

/** Types that tell how syncs went and how systems are. */
const STATUS = new Set([
  ...['SyncEvent', 'SyncAttempt', 'SyncLink', 'SyncStatistics', 'ConnectorHealth', 'TimelineEntry', 'Blocker', 'Alert'],
  ...['WebhookEvent', 'Pull', 'PullSample', 'RowProblem', 'FullSync', 'Reconciliation', 'ReconciliationDifference'],
]);
/** The same of answers that JavaScript makes. */
const STATUS_FIELDS = new Set([
  'Query.metrics',
  'Query.integrationMetrics',
  'Query.metricSummaries',
  'Query.systemHealth',
  'Query.jobs',
]);
/** Types that tell how systems are configured. */
const CONFIG = new Set(['PollingSchedule', 'IntegrationTask', 'WebhookRegistration', 'Mapping', 'MappingVersion']);
const CONFIG_FIELDS = new Set(['Integration.settings', 'Integration.mappings']);

function resourceFor(type: string, field: string): NeededResource | null {
  if (CONFIG.has(type) || CONFIG_FIELDS.has(field)) return 'config';
  return STATUS.has(type) || STATUS_FIELDS.has(field) ? 'viewStatus' : null;
}

/** Null: everybody may read it. */
export function rightFor(type: string, name: string, role: Role | undefined): NeededRight | null {
  const field = `${type}.${name}`;
  const resource = resourceFor(type, field);
  return role || resource ? { field, role: role ?? null, resource } : null;
}

/**
 * Checks every field of the operation before any SQL runs. Whoever may run a mutation may see what became of it.
 * @throws HubError FORBIDDEN, naming the first field
 */
export function checkRights(
  rights: readonly NeededRight[],
  caller: Caller,
  resources: readonly Resources[],
  isMutation: boolean,
): void {
  for (const { field, role, resource } of rights) {
    if (role && !hasRole(caller, role))
      throw new HubError('FORBIDDEN', `${field} needs the role ${role}; you have ${caller.role}.`);
    if (!resource || (isMutation && resource === 'viewStatus')) continue;
    const missing = missingResource(caller, resources, resource);
    if (missing) throw new HubError('FORBIDDEN', `${field} needs the permission ${missing}, which your token lacks.`);
  }
}
