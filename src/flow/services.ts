import type { Logger } from 'pino';
import type { Connector } from '../connectors/connector.js';
import type { Database } from '../db/database.js';
import type { SealedCredentials } from '../db/entities/integration.js';
import type { Feed } from '../feed/feed.js';
import type { Inbox } from '../inbox/inbox.js';
import type { Mappings } from '../mapping/create-mappings.js';
import type { NoteSecurityEvent } from '../model/security-events.js';
import type { Outbox } from '../outbox/outbox.js';
import type { Tally } from '../rollup/tally.js';
import type { Integrations } from './integrations/integrations.js';
import type { JobRunner } from './jobs/job-runner.js';
import type { SystemHealth } from './watching/read-health.js';

/** What `compose-services.ts` hands to every use case. */
export interface Services {
  db: Database;
  outbox: Outbox;
  inbox: Inbox;
  feed: Feed;
  integrations: Integrations;
  mappings: Mappings;
  jobs: JobRunner;
  /** Counts what happens too often for a statement each: reads from caches, … */
  tally: Tally;
  /** Of the whole hub. @throws HubError DATABASE_UNAVAILABLE */
  readHealth(): Promise<SystemHealth>;
  noteSecurityEvent: NoteSecurityEvent;
  /** Seals an integration's credentials, bound to its id. */
  sealCredentials(integrationId: string, credentials: Record<string, unknown>): SealedCredentials;
  /** @throws HubError CREDENTIALS_UNREADABLE */
  openCredentials(integrationId: string, sealed: SealedCredentials): Record<string, unknown>;
  connectors: readonly Connector[];
  /** Outside development: upstream addresses must be https. */
  httpsOnly: boolean;
  log: Logger;
}
