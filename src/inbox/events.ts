import type { InboundEvent } from '../connectors/connector.js';
import type { ErrorCode } from '../errors.js';
import type { EntityType, WebhookNews, WebhookStatus } from '../model/statuses.js';

/** Why an event cannot be applied, whatever it is about. */
export interface Failure {
  code: ErrorCode;
  message: string;
}

/** A verified event, ready to be stored. */
export interface ReceivedEvent {
  merchantId: string;
  integrationId: string;
  event: InboundEvent;
  /** The bytes as received, UTF-8; for a poller, the bytes of the upstream's answer. */
  rawBody: Buffer;
  /** Secrets and signatures masked. */
  headers: Record<string, string>;
  /** Unmapped statuses are an error and nothing is changed; otherwise such an event is kept as IGNORED. */
  strictMapping: boolean;
  /** Kept with this and not applied: as IGNORED for EVENT_NOT_REGISTERED, else as FAILED, for a replay. */
  failure?: Failure | null;
  /** The trace that its sender goes on with; what it causes goes on with it, too. */
  traceparent?: string | null;
  /** The request that brought it; none for what was asked for. */
  requestId?: string | null;
}

/** What became of it; for a repeated event, what became of the first. */
export interface Acceptance {
  webhookEventId: string;
  status: WebhookStatus;
  duplicate: boolean;
  eventType: string;
  entityType: EntityType;
  errorCode: string | null;
  errorMessage: string | null;
  entityId: string | null;
  externalId: string | null;
  /** The hub's status of the entity after it. */
  entityStatus: string | null;
  /** What it told. Null: it was accepted before that was recorded. */
  says?: WebhookNews | null;
  /** The request that brought the first. Null: it was asked for, or accepted before that was recorded. */
  requestId?: string | null;
  /** When the first was answered, UTC. Null: it was accepted before that was recorded. */
  answeredAt?: string | null;
}

/** An entity that is known now: by its id in one integration, or by the hub's own id and number. Events wait by any of the three. */
export type Appeared =
  | { integrationId: string; entityType: EntityType; externalId: string }
  | { merchantId: string; entityType: EntityType; entityId: string; number: string | null };
