import type { DeliveryResult } from '../../src/connectors/connector.js';

export const delivered = (externalId: string | null = null): DeliveryResult => ({
  kind: 'delivered',
  externalId,
  externalNumber: externalId && `N-${externalId}`,
});
export const unavailable: DeliveryResult = {
  kind: 'retry',
  code: 'UPSTREAM_UNAVAILABLE',
  message: 'HTTP 503',
  httpStatus: 503,
  retryAfterMs: null,
};
export const rejected: DeliveryResult = {
  kind: 'rejected',
  code: 'UPSTREAM_REJECTED',
  message: 'HTTP 422',
  httpStatus: 422,
};
