import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** As many as the target names; the product has 64 connections. */
export const CLIENTS = 8;

/** One row of the webhook's size, in a transaction of its own. */
export function bareRow(bytes: number): string {
  return `insert into bare (body) values ('${'x'.repeat(bytes)}');\n`;
}

/**
 * What a webhook leaves behind, by plain statements on one row each: stored, its order and link moved on, the inbound sync
 * event, three changes. Neither HTTP, nor a signature, nor a judgement of what is late.
 */
export function webhookRows(orders: number, bytes: number): string {
  const body = JSON.stringify({ note: 'x'.repeat(bytes - '{"note":""}'.length) });
  const change = (kind: string, type: string) =>
    `insert into changes (kind, merchant_id, entity_type, entity_id, integration_id, sync_event_id, data)
     values ('${kind}', 'shop', '${type}', 'ord_' || :n, 'b2b-portal', :sync_id, '{"previousStatus": "PENDING", "newStatus": "CONFIRMED"}');`;
  const statements = `
    begin;
    select status from orders where id = 'ord_' || :n for update;
    insert into webhook_events (id, merchant_id, integration_id, event_id, event_type, entity_type, entity_id, external_id, status,
      payload, event, raw_body, answer, occurred_at, processed_at)
    values (gen_random_uuid(), 'shop', 'b2b-portal', gen_random_uuid(), 'order.status.updated', 'ORDER', 'ord_' || :n, 'ext-' || :n,
      'PROCESSED', '${body}', '{"entityType": "ORDER", "status": "CONFIRMED"}', '${body}', '{"success": true}', now(), now())
    on conflict (integration_id, event_id) do nothing;
    update orders set status = 'CONFIRMED', updated_at = now() where id = 'ord_' || :n;
    update links set synced_at = now(), source_at = now() where integration_id = 'b2b-portal' and entity_type = 'ORDER' and external_id = 'ext-' || :n;
    insert into sync_events (merchant_id, integration_id, entity_type, entity_id, external_id, operation, direction, status, payload,
      max_attempts, idempotency_key, processed_at)
    values ('shop', 'b2b-portal', 'ORDER', 'ord_' || :n, 'ext-' || :n, 'STATUS_CHANGE', 'INBOUND', 'SUCCESS', '{"status": "CONFIRMED"}',
      1, gen_random_uuid(), now()) returning id as sync_id \\gset
    ${change('webhook_event.status_changed', 'ORDER')}
    ${change('sync_event.status_changed', 'ORDER')}
    ${change('order.status_changed', 'ORDER')}
    commit;`;
  const onOneLine = statements.split(/(?<=;|gset)\n/).map((statement) => statement.replaceAll(/\s+/g, ' ').trim());
  return [`\\set n random(0, ${orders - 1})`, ...onOneLine, ''].join('\n');
}

/** Transactions per second of a script of pgbench, from 8 clients with prepared statements. */
export function runPgbench(url: string, folder: string, seconds: number, script: string): number {
  const file = join(folder, 'script.sql');
  writeFileSync(file, script);
  const flags = ['-n', '-M', 'prepared', '-c', String(CLIENTS), '-j', '2', '-T', String(seconds), '-f', file, url];
  const run = spawnSync('pgbench', flags, { encoding: 'utf8' });
  const rate = /tps = ([\d.]+)/.exec(run.stdout ?? '')?.[1];
  if (!rate)
    throw new Error(
      `pgbench did not measure: ${run.error?.message ?? run.stderr}. It comes with PostgreSQL's client packages.`,
    );
  return Number(rate);
}
