import type { EntityType } from '../model/statuses.js';

/** A message as the channels get it. */
export interface Message {
  /** The same on every attempt: receivers recognise a repetition by it. */
  id: string;
  kind: string;
  merchantId: string | null;
  entityType: EntityType | null;
  entityId: string | null;
  integrationId: string | null;
  subject: string;
  body: string;
  /** Mail addresses; empty: the operators. */
  recipients: string[];
  /** ISO 8601, UTC. */
  createdAt: string;
}

/** One way to reach people. */
export interface Channel {
  name: 'mail' | 'slack' | 'webhook';
  /** Whether it has anybody to send this message to. */
  takes(message: Message): boolean;
  /** Resolves when the other side has taken it; within half a minute. @throws Error with a reason that holds no secret */
  send(message: Message): Promise<void>;
  close(): void;
}
