import { type Caller, hasRole } from '../access/caller.js';
import { HubError } from '../errors.js';
import type { NeededRole } from './planning.js';

/** Checks every field of the operation before any SQL runs. @throws HubError FORBIDDEN, naming the first field */
export function checkRoles(roles: readonly NeededRole[], caller: Caller): void {
  for (const { field, role } of roles) {
    if (!hasRole(caller, role)) {
      throw new HubError('FORBIDDEN', `${field} needs the role ${role}; you have ${caller.role}.`);
    }
  }
}
