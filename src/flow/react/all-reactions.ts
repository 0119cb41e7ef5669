import { fanOut } from './fan-out.js';
import type { Reaction } from './reaction.js';
import { watchAlerts } from './watch-alerts.js';

/** Every reaction, one line each, in the order in which they are done. */
export const allReactions: readonly Reaction[] = [fanOut, watchAlerts];
