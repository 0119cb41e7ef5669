import type { Sendable } from '../sync/find-recipients.js';

/** A difference that a run found. */
export interface Difference {
  id: string;
  merchant_id: string;
  integration_id: string;
  entity_type: Sendable['entityType'];
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
