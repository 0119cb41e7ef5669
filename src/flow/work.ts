import type { Caller } from '../access/caller.js';
import type { Tx } from '../db/database.js';
import type { Services } from './services.js';

/** What every step of a use case works with: the hub's services, its one transaction, and the caller on whose behalf. */
export interface Work {
  services: Services;
  tx: Tx;
  caller: Caller;
}

/** The same of what the hub does by itself. */
export type HubWork = Pick<Work, 'services' | 'tx'>;
