import type { Sendable } from '../sendable.js';

/** What can be compared. */
export type Comparable = Sendable['entityType'] | 'PRODUCT';

/** A difference that a run found. */
export interface Difference {
  id: string;
  merchant_id: string;
  integration_id: string;
  entity_type: Comparable;
  entity_id: string | null;
  external_id: string | null;
  kind: 'MISSING_HERE' | 'MISSING_THERE' | 'FIELD_DIFFERS';
  field: string | null;
  here_value: string | null;
  there_value: string | null;
  direction: 'IN' | 'OUT';
  state: 'OPEN' | 'REPAIRING' | 'REPAIRED' | 'FAILED' | 'MOVED';
  sync_event_id: string | null;
}

/** One of a kind that travels; products are read whole instead. */
export type RecordDifference = Difference & { entity_type: Sendable['entityType'] };

export const isOfRecord = (one: Difference): one is RecordDifference => one.entity_type !== 'PRODUCT';
