import { finished } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { UpstreamRecord } from '../../connectors/connector.js';
import { connectionOptions } from '../../db/connection-options.js';
import { HubError } from '../../errors.js';
import type { OpenIntegration } from '../integrations/integrations.js';
import type { Services } from '../services.js';
import type { Sendable } from '../sync/find-recipients.js';
import { createPace } from '../sync/pace.js';
import { toExpected } from '../to-expected.js';
import {
  COPY_STAGE,
  CREATE_STAGE,
  findFieldDiffers,
  findMissingHere,
  findMissingThere,
  matchStatements,
} from './compare-sql.js';

interface Run {
  id: string;
  entity_types: string[];
  /** As PostgreSQL prints it. */
  period_from: string;
  period_to: string;
}

const BEGIN = `update reconciliations set state = 'RUNNING', records_read = 0, difference_count = 0, error_code = null,
  error_message = null, finished_at = null, updated_at = now()
where sync_event_id = $1 returning id, entity_types, period_from, period_to`;
const READ = 'update reconciliations set records_read = records_read + $2, updated_at = now() where id = $1';
const END = `update reconciliations set state = $2, error_code = $3, error_message = $4, finished_at = now(), updated_at = now(),
  difference_count = (select count(*) from reconciliation_differences where reconciliation_id = $1) where id = $1`;
const TELL = `insert into changes (kind, merchant_id, entity_type, entity_id, integration_id, data)
select 'reconciliation.changed', merchant_id, 'INTEGRATION', integration_id, integration_id,
  jsonb_build_object('reconciliationId', id, 'state', state, 'recordsRead', records_read, 'differenceCount', difference_count)
from reconciliations where id = $1`;

const ESCAPED: Record<string, string> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/**
 * Compares what an integration's system has with what the hub has, for the run that a sync event asked for. Pages go by
 * COPY into a temporary table and the comparison is SQL, so that this process holds one page, however many there are.
 * @throws HubError what the upstream fails with, DATABASE_UNAVAILABLE
 */
export async function runReconciliation(
  services: Services,
  integration: OpenIntegration,
  syncEventId: string,
  signal: AbortSignal,
): Promise<void> {
  const client = new pg.Client(connectionOptions(services.db.url));
  // Whoever waits for a statement hears of it; without a listener it would end the process.
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query<Run>(BEGIN, [syncEventId]);
    for (const run of rows) await follow(services, client, integration, run, signal);
  } catch (error) {
    throw toExpected(error, 'reconciliation', services.log, { integrationId: integration.id });
  } finally {
    await client.end().catch(() => {});
  }
}

async function follow(
  services: Services,
  client: pg.Client,
  integration: OpenIntegration,
  run: Run,
  signal: AbortSignal,
): Promise<void> {
  const tell = async () => {
    await client.query(TELL, [run.id]);
    services.feed.wake();
  };
  await tell();
  try {
    await client.query('delete from reconciliation_differences where reconciliation_id = $1', [run.id]);
    for (const entityType of run.entity_types as Sendable['entityType'][]) {
      await stage(client, integration, run, entityType, signal);
      await tell();
      await compare(client, integration, run, entityType);
    }
    await client.query(END, [run.id, 'COMPLETE', null, null]);
  } catch (error) {
    const { code, message } = error instanceof HubError ? error : new HubError('INTERNAL', 'The run failed.');
    if (!signal.aborted) await client.query(END, [run.id, 'FAILED', code, message]).catch(() => {});
    throw error;
  } finally {
    await tell().catch(() => {});
  }
}

async function stage(
  client: pg.Client,
  { connection, policy }: OpenIntegration,
  run: Run,
  entityType: Sendable['entityType'],
  signal: AbortSignal,
): Promise<void> {
  const pause = createPace(policy.ratePerSecond);
  await client.query(CREATE_STAGE);
  const pages = connection.list?.(entityType, { updatedFrom: new Date(run.period_from), signal }) ?? [];
  for await (const records of pages) {
    signal.throwIfAborted();
    await copy(client, records);
    await client.query(READ, [run.id, records.length]);
    await pause();
  }
  signal.throwIfAborted();
}

async function copy(client: pg.Client, records: readonly UpstreamRecord[]): Promise<void> {
  if (records.length === 0) return;
  const stream = client.query(copyFrom(COPY_STAGE));
  stream.end(records.map(toLine).join(''));
  await finished(stream);
}

function toLine({ externalId, entityId, number, updatedAt, fields, details }: UpstreamRecord): string {
  const values = [externalId, entityId, number, updatedAt, JSON.stringify(fields), JSON.stringify(details)];
  return `${values.map(toField).join('\t')}\n`;
}

function toField(value: string | null): string {
  if (value === null) return '\\N';
  return value.replace(/[\\\n\r\t]/g, (character) => ESCAPED[character] as string);
}

async function compare(
  client: pg.Client,
  { id, merchantId, connector, settings }: OpenIntegration,
  run: Run,
  entityType: Sendable['entityType'],
): Promise<void> {
  await client.query(
    `select set_config('syncline.integration', $1, false), set_config('syncline.merchant', $2, false)`,
    [id, merchantId],
  );
  for (const statement of matchStatements(entityType)) await client.query(statement);
  const about = [merchantId, id, run.id];
  await client.query(findMissingHere(entityType), about);
  await client.query(findFieldDiffers(entityType), about);
  const owed = connector.owed?.(entityType, settings) ?? null;
  await client.query(findMissingThere(entityType), [...about, run.period_from, run.period_to, owed]);
}
