import type { BillingInterval, BillingSubscriptionStatus, TransactionStatus } from '../model/statuses.js';

/** Whom it concerns, by whatever the sender says: the hub's id or a reference. What the hub does not know counts for nothing. */
interface Concerned {
  reference: string;
  /** Exact decimal text. */
  amount: string;
  /** ISO 4217. */
  currency: string;
  customers: string[];
  /** When the sender says that it is so: ISO 8601, UTC. What is older than what is known changes nothing. */
  asOf: string;
}

/** A movement of money, known by its `reference`. */
export interface ToldTransaction extends Concerned {
  entityType: 'TRANSACTION';
  status: TransactionStatus;
  description: string | null;
  /** How much of it has been given back so far, as exact decimal text; null: the event does not say. */
  refunded: string | null;
  occurredAt: string | null;
}

/** A subscription, known by its `reference`. Times are ISO 8601, UTC. */
export interface ToldSubscription extends Concerned {
  entityType: 'BILLING_SUBSCRIPTION';
  status: BillingSubscriptionStatus;
  plan: string;
  interval: BillingInterval | null;
  startedAt: string | null;
  currentPeriodStart: string | null;
  currentPeriodEnd: string | null;
  cancelAtPeriodEnd: boolean | null;
  cancelledAt: string | null;
}

/** What the hub records because an event tells of it, made where it does not have it yet. */
export type ToldRecord = ToldTransaction | ToldSubscription;
