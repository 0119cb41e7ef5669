/** Whose fault it is: the caller's input, missing rights, the hub's own state, the upstream system, the way to it, the hub. */
export const ErrorCategory = {
  INPUT: 'INPUT',
  ACCESS: 'ACCESS',
  STATE: 'STATE',
  UPSTREAM: 'UPSTREAM',
  NETWORK: 'NETWORK',
  HUB: 'HUB',
} as const;
export type ErrorCategory = keyof typeof ErrorCategory;

interface ErrorDefinition {
  category: ErrorCategory;
  /** Whether the same request may succeed later without anyone changing anything. */
  retryable: boolean;
  /** HTTP status of the REST envelope. */
  http: number;
}

/**
 * Every code that the hub answers with, in GraphQL, REST and on sync events. A code is added here or it does not exist;
 * what it means and what to do stands in `error-texts.ts`.
 */
export const ERRORS = {
  BAD_USER_INPUT: { category: 'INPUT', retryable: false, http: 400 },
  INVALID_JSON: { category: 'INPUT', retryable: false, http: 400 },
  INVALID_SHAPE: { category: 'INPUT', retryable: false, http: 400 },
  PAYLOAD_TOO_LARGE: { category: 'INPUT', retryable: false, http: 413 },
  METHOD_NOT_ALLOWED: { category: 'INPUT', retryable: false, http: 405 },
  UNSUPPORTED_MEDIA_TYPE: { category: 'INPUT', retryable: false, http: 415 },
  QUERY_TOO_COMPLEX: { category: 'INPUT', retryable: false, http: 400 },
  CURSOR_INVALID: { category: 'INPUT', retryable: false, http: 400 },
  CURSOR_EXPIRED: { category: 'INPUT', retryable: false, http: 410 },
  NOT_FOUND: { category: 'INPUT', retryable: false, http: 404 },
  UNKNOWN_INTEGRATION: { category: 'INPUT', retryable: false, http: 404 },
  ALREADY_EXISTS: { category: 'STATE', retryable: false, http: 409 },
  IDEMPOTENCY_KEY_REUSED: { category: 'STATE', retryable: false, http: 409 },
  INVALID_TRANSITION: { category: 'STATE', retryable: false, http: 409 },
  INVALID_STATE: { category: 'STATE', retryable: false, http: 409 },
  CANCELLED: { category: 'STATE', retryable: false, http: 409 },
  INTEGRATION_DISABLED: { category: 'STATE', retryable: false, http: 409 },
  UNSUPPORTED: { category: 'STATE', retryable: false, http: 409 },
  UNAUTHENTICATED: { category: 'ACCESS', retryable: false, http: 401 },
  FORBIDDEN: { category: 'ACCESS', retryable: false, http: 403 },
  SIGNATURE_INVALID: { category: 'ACCESS', retryable: false, http: 401 },
  TIMESTAMP_STALE: { category: 'ACCESS', retryable: false, http: 401 },
  SLOW_CONSUMER: { category: 'STATE', retryable: true, http: 503 },
  RATE_LIMITED: { category: 'ACCESS', retryable: true, http: 429 },
  DEPENDENCY_PENDING: { category: 'STATE', retryable: true, http: 409 },
  UNKNOWN_ENTITY: { category: 'STATE', retryable: true, http: 202 },
  UNMAPPED_STATUS: { category: 'STATE', retryable: false, http: 422 },
  MAPPING_FAILED: { category: 'STATE', retryable: false, http: 422 },
  MAPPING_TIMEOUT: { category: 'HUB', retryable: true, http: 503 },
  EVENT_NOT_REGISTERED: { category: 'STATE', retryable: false, http: 200 },
  ALREADY_SENT: { category: 'STATE', retryable: false, http: 200 },
  SYNC_LOOP: { category: 'STATE', retryable: false, http: 409 },
  OUT_OF_DATE: { category: 'STATE', retryable: false, http: 200 },
  UPSTREAM_REJECTED: { category: 'UPSTREAM', retryable: false, http: 502 },
  UPSTREAM_UNAUTHORIZED: { category: 'UPSTREAM', retryable: false, http: 502 },
  UPSTREAM_NOT_FOUND: { category: 'UPSTREAM', retryable: false, http: 502 },
  UPSTREAM_CONFLICT: { category: 'UPSTREAM', retryable: false, http: 502 },
  UPSTREAM_RATE_LIMITED: { category: 'UPSTREAM', retryable: true, http: 503 },
  UPSTREAM_UNAVAILABLE: { category: 'UPSTREAM', retryable: true, http: 503 },
  UPSTREAM_BAD_RESPONSE: { category: 'UPSTREAM', retryable: true, http: 502 },
  TOO_MUCH_MISSING: { category: 'UPSTREAM', retryable: false, http: 502 },
  UPSTREAM_TIMEOUT: { category: 'NETWORK', retryable: true, http: 504 },
  UPSTREAM_UNREACHABLE: { category: 'NETWORK', retryable: true, http: 503 },
  CREDENTIALS_UNREADABLE: { category: 'HUB', retryable: false, http: 500 },
  NOT_READY: { category: 'HUB', retryable: true, http: 503 },
  DATABASE_UNAVAILABLE: { category: 'HUB', retryable: true, http: 503 },
  INTERNAL: { category: 'HUB', retryable: false, http: 500 },
} as const satisfies Record<string, ErrorDefinition>;
export type ErrorCode = keyof typeof ERRORS;

/** An expected failure, with a code from {@link ERRORS} and a message that says what to do. Safe to show to the caller. */
export class HubError extends Error {
  readonly code: ErrorCode;
  /** Path of the input that is wrong, outermost first. Not called `path`: graphql-js takes an error with one for located. */
  readonly inputPath: string[] | undefined;
  /** For RATE_LIMITED and unavailable: when to try again. */
  readonly retryAfterMs: number | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    more: { path?: string[]; retryAfterMs?: number; cause?: unknown } = {},
  ) {
    super(message, { cause: more.cause });
    this.name = 'HubError';
    this.code = code;
    this.inputPath = more.path;
    this.retryAfterMs = more.retryAfterMs;
  }
}

/** Whether a failure with this code may go away by itself. */
export function isRetryable(code: ErrorCode): boolean {
  return ERRORS[code].retryable;
}
