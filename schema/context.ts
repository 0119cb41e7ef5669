import type { Caller } from '../src/access/caller.js';
import type { Services } from '../src/flow/services.js';
import type { Reader } from '../src/read/reader.js';

/** What every resolver is given: one per request, on a socket one per operation. */
export interface HubContext {
  services: Services;
  caller: Caller;
  /** Named in the logs and in `extensions.requestId` of unexpected errors. */
  requestId: string;
  reader: Reader;
  /** Who the key of the hub's says that a webhook brings; asked only where no signature decides. */
  sender?: () => Promise<Caller>;
  /** The arguments of the mutation that is being run. */
  request?: unknown;
  /** Checks the rule of the mutation that is being run. @throws HubError FORBIDDEN */
  requireAllowed?: (caller: Caller) => Promise<void>;
}
