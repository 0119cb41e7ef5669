/** The columns of a roll-up, as a row of values is inserted into them. */
export const INTO_ROLLUPS = `insert into metric_rollups as r (integration_id, period, at, source, entity_type, operation, outcome,
  error_code, http_status, bucket, count, sum_ms, first_count, wait_ms)`;

/** What is there already grows. */
export const ADD_TO_ROLLUPS = `on conflict (integration_id, period, at, source, entity_type, operation, outcome, error_code, http_status, bucket)
do update set count = r.count + excluded.count, sum_ms = r.sum_ms + excluded.sum_ms,
  first_count = r.first_count + excluded.first_count, wait_ms = r.wait_ms + excluded.wait_ms`;

/** Minutes are kept for hours, for alerts; hours become days after some weeks. */
export const PERIODS = `(values ('MINUTE', 'minute'), ('HOUR', 'hour')) as p (period, unit)`;
