import type { ErrorCode } from '../errors.js';

/**
 * Where an effect ended. `retry` and `rejected` differ in that the same call may succeed later. `idMayRepeat`: an upstream
 * that knows the entity by the hub's own number may give one id to several; only the first keeps it.
 */
export type DeliveryResult =
  | { kind: 'delivered'; externalId: string | null; externalNumber: string | null; idMayRepeat?: true }
  | ({ kind: 'retry'; retryAfterMs: number | null } & DeliveryFailure)
  | ({ kind: 'rejected' } & DeliveryFailure);

interface DeliveryFailure {
  code: ErrorCode;
  message: string;
  httpStatus: number | null;
  /** What was thrown, for its stack; never kept or shown. */
  cause?: Error;
}
