import type { AccessRule, IntegrationRight } from '../model/access-rule.js';
import { type Caller, hasRole } from './caller.js';

/** A connector of which tokens may name permissions. */
export interface GuardedSystem {
  connector: string;
  permissions: Readonly<Record<IntegrationRight, string>>;
}

/** How far a rule lets a caller go. */
export interface Reach {
  /** Whether its role is enough, for all systems of which its token names no permission. */
  byRole: boolean;
  /** Connectors for which its token names the permission. */
  granted: readonly string[];
  /** Connectors for which it names others only. */
  denied: readonly GuardedSystem[];
}

/** Of whose permissions the caller's token names any. */
export function systemsNamed({ permissions }: Caller, systems: readonly GuardedSystem[]): GuardedSystem[] {
  if (permissions.length === 0) return [];
  return systems.filter((system) => Object.values(system.permissions).some((name) => permissions.includes(name)));
}

export function reachOf(
  caller: Caller,
  systems: readonly GuardedSystem[],
  { role, right }: Pick<AccessRule, 'role' | 'right'>,
): Reach {
  const named = right === null ? [] : systemsNamed(caller, systems);
  const isGranted = ({ permissions }: GuardedSystem) =>
    right !== null && caller.permissions.includes(permissions[right]);
  return {
    byRole: hasRole(caller, role),
    granted: named.filter(isGranted).map(({ connector }) => connector),
    denied: named.filter((system) => !isGranted(system)),
  };
}

/** Whether what belongs to no system, or to this connector, is within reach. */
export function isWithin({ byRole, granted, denied }: Reach, connector: string | null): boolean {
  if (connector !== null && granted.includes(connector)) return true;
  return byRole && !denied.some((system) => system.connector === connector);
}

export const isWide = ({ byRole, denied }: Reach): boolean => byRole && denied.length === 0;
export const isNone = ({ byRole, granted }: Reach): boolean => !byRole && granted.length === 0;
