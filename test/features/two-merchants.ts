import { startTestHub, type TestHub } from '../harness/hub.js';
import { fillDatabase } from '../read/rows.js';

/** The merchant that nobody asks for, and its one integration. */
export const FOREIGN = { merchantId: 'm2', integrationId: 'int-3' };
/** Of the merchant m1, with the connector `escooter`, whose permissions tokens may name. */
export const GUARDED = 'int-2';
export const PLAIN = 'b2b-portal';

/** One row of each kind that `fillDatabase` has none of, for every integration: `$1` its id, `$2` its merchant. */
const FURTHER = [
  `insert into full_syncs (id, merchant_id, integration_id, entity_types) values ('fsy_' || $1, $2, $1, '{ORDER}')`,
  `insert into reconciliations (id, merchant_id, integration_id, entity_types, period_from, period_to)
   values ('rec_' || $1, $2, $1, '{ORDER}', now() - interval '1 day', now())`,
  `insert into reconciliation_differences (id, merchant_id, integration_id, reconciliation_id, entity_type, entity_id, kind, direction)
   values ('dif_' || $1, $2, $1, 'rec_' || $1, 'ORDER', 'ord_of_' || $1, 'MISSING_THERE', 'OUT')`,
  `insert into import_files (id, merchant_id, integration_id, name, source, content_hash, size_bytes)
   values ('fil_' || $1, $2, $1, 'of-' || $1, 'UPLOAD', $1, 7)`,
  `insert into notifications (id, merchant_id, kind, integration_id, dedup_key, subject, body, status)
   values ('ntf_' || $1, $2, 'alert.opened', $1, $1, 'of ' || $1, 'of ' || $1, 'FAILED')`,
  `insert into alerts (id, merchant_id, integration_id, kind, severity, message, advice)
   values ('alt_' || $1, $2, $1, 'QUEUE_DEPTH', 'WARNING', 'of ' || $1, 'none')`,
  `insert into pulls (id, merchant_id, integration_id, entity_type, sync_event_id, state)
   values ('pul_' || $1, $2, $1, 'PRODUCT', 1, 'COMPLETE')`,
  `insert into pull_samples (id, merchant_id, integration_id, entity_type, pull_id, record, own_row)
   values ('pls_' || $1, $2, $1, 'PRODUCT', 'pul_' || $1, '{}', '{}')`,
  `insert into webhook_registrations (integration_id, merchant_id, url, events) values ($1, $2, 'https://of.example/' || $1, '{}')`,
  `insert into polling_schedules (integration_id, merchant_id, schedule, next_run_at) values ($1, $2, '0 0 1 1 *', '2099-01-01')`,
  `insert into integration_tasks (integration_id, merchant_id, task, schedule, next_run_at)
   values ($1, $2, 'RECONCILE', '0 0 1 1 *', '2099-01-01')`,
  `insert into alert_rules (id, kind, integration_id, threshold, clear_threshold) values ('rule:' || $1, 'QUEUE_DEPTH', $1, 1, 1)`,
  `insert into mappings (id, merchant_id, integration_id, entity_type, direction) values ('map_' || $1, $2, $1, 'BILLING_SUBSCRIPTION', 'INBOUND')`,
  `insert into mapping_versions (id, merchant_id, mapping_id, version, rules, created_by)
   values ('mpv_' || $1, $2, 'map_' || $1, 1, '[]', 'somebody')`,
  `insert into sync_events (merchant_id, integration_id, entity_type, entity_id, operation, direction, status, idempotency_key, max_attempts)
   values ($2, $1, 'ORDER', 'ord_of_' || $1, 'CREATE', 'OUTBOUND', 'FAILED', 'key of ' || $1, 4)`,
  `insert into metric_rollups (period, at, integration_id, source, entity_type, operation, outcome, error_code, http_status, bucket, count, sum_ms)
   values ('HOUR', date_trunc('hour', now()), $1, 'ATTEMPT', 'ORDER', 'CREATE', 'SUCCESS', '', 200, 1, 3, 30)`,
  `insert into api_keys (id, merchant_id, name, hash, role) values ('key_' || $1, $2, 'of ' || $1, $1, 'viewer')`,
  `insert into brands (id, merchant_id, name) values ('brd_' || $1, $2, 'of ' || $1)`,
  `insert into audit_entries (merchant_id, actor, action, outcome, integration_id) values ($2, 'of ' || $1, 'order.sync', 'OK', $1)`,
];

/** A hub that only answers, over rows of every kind of two merchants. */
export async function startTwoMerchants(): Promise<TestHub> {
  const hub = await startTestHub({ env: { ROLE: 'api' } });
  const { pool } = hub.db;
  await pool.query(`delete from integrations; delete from merchants`);
  await fillDatabase(hub.db);
  await pool.query(`update integrations set connector = 'escooter' where id = $1`, [GUARDED]);
  for (const [integrationId, merchantId] of [
    [PLAIN, 'm1'],
    [GUARDED, 'm1'],
    [FOREIGN.integrationId, FOREIGN.merchantId],
  ]) {
    for (const statement of FURTHER) {
      const values = statement.includes('$2') ? [integrationId, merchantId] : [integrationId];
      await pool.query(statement, values);
    }
  }
  return hub;
}

/** Tables whose rows have this column. */
export async function tablesWith(hub: TestHub, column: string): Promise<string[]> {
  const { rows } = await hub.db.pool.query<{ table: string }>(
    `select table_name as "table" from information_schema.columns join information_schema.tables using (table_schema, table_name)
     where table_schema = 'public' and table_type = 'BASE TABLE' and column_name = $1 order by 1`,
    [column],
  );
  return rows.map(({ table }) => table);
}

/** Past triggers and references, which is not a thing that the hub does. */
export async function removeRows(
  hub: TestHub,
  column: string,
  value: string,
  tables: readonly string[],
): Promise<void> {
  const client = await hub.db.pool.connect();
  try {
    await client.query(
      'begin; alter table audit_entries disable trigger all; set local session_replication_role = replica',
    );
    for (const table of tables) await client.query(`delete from ${table} where ${column} = $1`, [value]);
    await client.query('alter table audit_entries enable trigger all; commit');
  } finally {
    client.release();
  }
}
