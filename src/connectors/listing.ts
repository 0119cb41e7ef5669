import type { PulledPage } from './pull.js';

/** One record with what it takes to make it in the hub. */
export interface WholeRecord extends UpstreamRecord {
  /** By the names of the hub's inputs; customers by the upstream's id, orders by number. Null: nothing is made of it here. */
  entity: Readonly<Record<string, unknown>> | null;
}

export interface ListRequest {
  /** Null: everything. */
  updatedFrom: Date | null;
  /** Ends it between two pages. */
  signal: AbortSignal;
}

/** Some of an upstream's records; one that could not be read is told beside the others. */
export type ListedPage = Pick<PulledPage<UpstreamRecord>, 'rows' | 'problems'>;

/** One of an upstream's records in the hub's words, as much as is compared. */
export interface UpstreamRecord {
  externalId: string;
  /** The hub's id where the upstream echoes it. */
  entityId: string | null;
  /** Its number or reference. */
  number: string | null;
  /** ISO 8601, UTC. */
  updatedAt: string | null;
  /**
   * What is compared with the hub's, by the names of the snapshot's fields (of lines `lines[0].sku`); amounts are exact
   * decimal text. Null: it has none; what it does not tell is left out.
   */
  fields: Readonly<Record<string, string | null>>;
  /** As the upstream told it. */
  details: unknown;
}
