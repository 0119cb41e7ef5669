import type { ChangeEntry } from '../../feed/feed.js';
import type { Services } from '../services.js';
import type { HubWork } from '../work.js';

/** Something that the hub does by itself because something has changed. */
export interface Reaction {
  /** kebab-case, for logs and the audit. */
  name: string;
  /** Whether the change concerns it. Asked for every change, so it answers from memory. */
  concerns(services: Services, change: ChangeEntry): Promise<boolean>;
  /**
   * Does it, in the transaction that also moves the reader on: once per change, whatever dies when. The change may be some
   * seconds old, so it looks at what is true now. A HubError that it throws is final; anything else is tried again.
   */
  react(work: HubWork, change: ChangeEntry): Promise<void>;
}
