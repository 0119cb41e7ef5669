import type { Role } from '../model/statuses.js';

/** Who asks. `merchantId` null: every merchant; otherwise all that the caller sees and does is limited to it. */
export interface Caller {
  subject: string;
  role: Role;
  merchantId: string | null;
  permissions: readonly string[];
  /** `jwt`, `api-key`, or `hub` for the hub's own work. */
  via: 'jwt' | 'api-key' | 'hub';
  /** When the token ends, Unix milliseconds; null: never. */
  expiresAt: number | null;
  /** Of the request that is being served; audit entries name it. */
  requestId?: string;
  /** When its mutation began, on this process's monotonic clock; audit entries tell how long it took. */
  startedAt?: number;
  /** The arguments of its mutation; audit entries keep them, secrets masked. */
  request?: unknown;
}

/** The hub itself, where what it does by itself needs a caller; of every merchant, or limited to one. */
export const hubCaller = (merchantId: string | null): Caller => ({
  subject: 'hub',
  role: 'operator',
  merchantId,
  permissions: [],
  via: 'hub',
  expiresAt: null,
});

const RANK: Record<Role, number> = { viewer: 0, operator: 1, admin: 2 };

/** Whether the caller's role is at least this one. */
export function hasRole(caller: Caller, role: Role): boolean {
  return RANK[caller.role] >= RANK[role];
}
