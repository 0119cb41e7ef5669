import type { Logger } from 'pino';
import type { Database } from '../db/database.js';
import type { SealedCredentials } from '../db/entities/integration.js';
import type { Feed } from '../feed/feed.js';
import type { Inbox } from '../inbox/inbox.js';
import type { Outbox } from '../outbox/outbox.js';
import type { Integrations } from './integrations.js';
import type { JobRunner } from './job-runner.js';

/** What `app.ts` hands to every use case. */
export interface Services {
  db: Database;
  outbox: Outbox;
  inbox: Inbox;
  feed: Feed;
  integrations: Integrations;
  jobs: JobRunner;
  /** Seals an integration's credentials, bound to its id. */
  sealCredentials(integrationId: string, credentials: Record<string, unknown>): SealedCredentials;
  /** False outside development: upstream addresses must then be https. */
  allowHttp: boolean;
  log: Logger;
}
