import type { InboundEvent } from '../connectors/connector.js';
import type { WebhookStatus } from '../model/statuses.js';

/** A verified event, ready to be stored. */
export interface ReceivedEvent {
  merchantId: string;
  integrationId: string;
  event: InboundEvent;
  /** The bytes as received; for a poller, the bytes of the upstream's answer. */
  rawBody: Buffer;
  /** Secrets and signatures masked. */
  headers: Record<string, string>;
  /** Unmapped statuses are an error and nothing is changed; otherwise such an event is kept as IGNORED. */
  strictMapping: boolean;
}

/** What became of it; for a repeated event, what became of the first. */
export interface Acceptance {
  webhookEventId: string;
  status: WebhookStatus;
  duplicate: boolean;
  errorCode: string | null;
  errorMessage: string | null;
  entityId: string | null;
  externalId: string | null;
  /** The hub's status of the entity after it. */
  entityStatus: string | null;
}

export interface Inbox {
  /**
   * Stores and applies; resolves after the commit. Requests that wait while a statement is in flight share the next one.
   * @throws HubError DATABASE_UNAVAILABLE
   */
  accept(received: ReceivedEvent): Promise<Acceptance>;
  /** Applies again what is kept as FAILED for an entity that has appeared; called by whatever makes a link known. */
  applyWaiting(reference: { integrationId: string; entityType: string; externalId: string }): Promise<number>;
}
