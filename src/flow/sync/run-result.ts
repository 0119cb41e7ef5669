import type { DeliveryResult } from '../../connectors/connector.js';

/** What a run comes to that has done all there was, whatever it may have found. */
export const DONE = { kind: 'delivered', externalId: null, externalNumber: null } as const;

/** A run that a person has ended tells of it itself: there is nothing to repeat, and nothing for an operator to mend. */
export const unlessCancelled = (result: DeliveryResult): DeliveryResult =>
  result.kind === 'rejected' && result.code === 'CANCELLED' ? DONE : result;
