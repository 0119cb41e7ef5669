/** What happens to a hub that somebody tries to break into, or uses wrongly. */
export const SecurityEvent = {
  /** Credentials were sent and are not good. */
  SIGN_IN_FAILED: 'SIGN_IN_FAILED',
  /** A webhook whose signature or key is missing, wrong or too old. */
  SIGNATURE_REJECTED: 'SIGNATURE_REJECTED',
  /** A caller asked for what it may not do or see. */
  RIGHT_REFUSED: 'RIGHT_REFUSED',
  /** A caller asked too often. */
  CALLER_LIMITED: 'CALLER_LIMITED',
} as const;
export type SecurityEvent = keyof typeof SecurityEvent;

/** Counts one more; costs an addition in memory. */
export type NoteSecurityEvent = (event: SecurityEvent) => void;
