/** How long the hub keeps what it has, in days; null: for good. Its jobs remove what is older. */
export const RETENTION = {
  /** With their attempts, pulls, reconciliations, full syncs and changes; dead letters stay until somebody decides. */
  SYNC_EVENTS: 90,
  /** Those that wait for their entity stay. */
  WEBHOOK_EVENTS: 30,
  IDEMPOTENCY_KEYS: 30,
  /** Then they are merged into those of days. */
  HOURLY_FIGURES: 40,
  DAILY_FIGURES: null,
  AUDIT_ENTRIES: null,
} as const;
export type Retained = keyof typeof RETENTION;
