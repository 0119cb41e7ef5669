import type pg from 'pg';
import type { ListedPage } from '../../connectors/connector.js';
import type { PulledPage, PulledProduct, RowProblem } from '../../connectors/pull.js';
import { sqlOn } from '../../db/database.js';
import { withClient } from '../../db/with-client.js';
import { HubError } from '../../errors.js';
import type { OpenIntegration } from '../integrations/open-integration.js';
import { FORGET_PROBLEMS, keepProblems } from '../keep-problems.js';
import { createPace } from '../pace.js';
import { isMapped, mapPages } from '../pull/map-pages.js';
import { type RunState, requireUncancelled } from '../require-uncancelled.js';
import type { Services } from '../services.js';
import { toExpected } from '../to-expected.js';
import { compareKind } from './compare-kind.js';
import { compareProducts, productRecord } from './compare-products.js';
import type { Comparable } from './difference.js';
import { createStage, stageRecords, stageUnread } from './stage-records.js';

interface Run {
  id: string;
  sync_event_id: string;
  entity_types: string[];
  /** As PostgreSQL prints it. */
  period_from: string;
  period_to: string;
}

const BEGIN = `update reconciliations set state = 'RUNNING', records_read = 0, difference_count = 0, problem_count = 0, error_code = null,
  error_message = null, finished_at = null, updated_at = now()
where sync_event_id = $1 and state <> 'CANCELLED' returning id, sync_event_id, entity_types, period_from, period_to`;
const READ =
  'update reconciliations set records_read = records_read + $2, updated_at = now() where id = $1 returning state';
const COUNT_PROBLEMS = 'update reconciliations set problem_count = problem_count + $2 where id = $1';
const COUNT_DIFFERENCES = `update reconciliations set
  difference_count = (select count(*) from reconciliation_differences where reconciliation_id = $1) where id = $1 returning state`;
const END = `update reconciliations set state = $2, error_code = $3, error_message = $4, finished_at = now(), updated_at = now()
where id = $1 and state = 'RUNNING'`;
/** To the feed, how far it is. */
export const TELL_RECONCILIATION = `insert into changes (kind, merchant_id, entity_type, entity_id, integration_id, data)
select 'reconciliation.changed', merchant_id, 'INTEGRATION', integration_id, integration_id,
  jsonb_build_object('reconciliationId', id, 'state', state, 'recordsRead', records_read, 'differenceCount', difference_count)
from reconciliations where id = $1`;

/**
 * Compares what an integration's system has with what the hub has, for the run that a sync event asked for. Pages go by
 * COPY into a temporary table and the comparison is SQL, so that this process holds one page, however many there are.
 * @throws HubError CANCELLED after the page during which it was, what the upstream fails with, DATABASE_UNAVAILABLE
 */
export async function runReconciliation(
  services: Services,
  integration: OpenIntegration,
  syncEventId: string,
  signal: AbortSignal,
): Promise<void> {
  try {
    await withClient(services.db.url, async (client) => {
      const { rows } = await client.query<Run>(BEGIN, [syncEventId]);
      for (const run of rows) await follow(services, { client, integration, run }, signal);
    });
  } catch (error) {
    throw expected(services, integration, error);
  }
}

/** A run over one integration, on the connection that holds what it stages. */
interface Comparison {
  client: pg.Client;
  integration: OpenIntegration;
  run: Run;
}

const expected = ({ log }: Services, { id }: OpenIntegration, error: unknown) =>
  toExpected(error, 'reconciliation', log, { integrationId: id });

async function follow(services: Services, comparison: Comparison, signal: AbortSignal): Promise<void> {
  const { client, run } = comparison;
  const tell = async () => {
    await client.query(TELL_RECONCILIATION, [run.id]);
    services.feed.wake();
  };
  await tell();
  try {
    await client.query('delete from reconciliation_differences where reconciliation_id = $1', [run.id]);
    await client.query(FORGET_PROBLEMS, [run.sync_event_id]);
    for (const entityType of run.entity_types as Comparable[]) {
      await compare(comparison, entityType, signal);
      requireUncancelled((await client.query<RunState>(COUNT_DIFFERENCES, [run.id])).rows);
      await tell();
    }
    await client.query(END, [run.id, 'COMPLETE', null, null]);
  } catch (error) {
    const failure = expected(services, comparison.integration, error);
    if (!signal.aborted && failure instanceof HubError)
      await client.query(END, [run.id, 'FAILED', failure.code, failure.message]).catch(() => {});
    throw failure;
  } finally {
    await tell().catch(() => {});
  }
}

/** Reads all that the system has of one kind, at half of the integration's rate, and writes what differs. */
async function compare(comparison: Comparison, entityType: Comparable, signal: AbortSignal): Promise<void> {
  const { client, integration, run } = comparison;
  const note = (problems: readonly RowProblem[]) => noteProblems(comparison, problems);
  const pause = createPace(integration.policy.ratePerSecond);
  await createStage(client);
  for await (const { rows, problems = [] } of pagesOf(integration, run, entityType, signal)) {
    signal.throwIfAborted();
    await stageRecords(client, rows);
    await stageUnread(client, problems);
    await note(problems);
    requireUncancelled((await client.query<RunState>(READ, [run.id, rows.length])).rows);
    await pause();
  }
  signal.throwIfAborted();
  const { id: runId, period_from: periodFrom, period_to: periodTo } = run;
  if (entityType === 'PRODUCT') return compareProducts(client, [integration.merchantId, integration.id, runId]);
  await compareKind({ client, integration, runId, periodFrom, periodTo, note }, entityType);
}

function pagesOf(
  { connection, mappings }: OpenIntegration,
  run: Run,
  entityType: Comparable,
  signal: AbortSignal,
): AsyncIterable<ListedPage> {
  if (entityType !== 'PRODUCT')
    return connection.list?.(entityType, { updatedFrom: new Date(run.period_from), signal }) ?? nothing;
  const pages = connection.pull?.PRODUCT?.({ since: null, signal }) ?? nothing;
  return listProducts(isMapped(mappings, 'PRODUCT') ? mapPages(mappings, 'PRODUCT', pages) : pages);
}

async function* listProducts(pages: AsyncIterable<PulledPage<PulledProduct>>): AsyncGenerator<ListedPage> {
  for await (const { rows, problems = [] } of pages) {
    const unread = problems.map((problem) => ({ ...problem, externalId: problem.sku ?? null }));
    yield { rows: rows.map(productRecord), problems: unread };
  }
}

const nothing = {
  async *[Symbol.asyncIterator]() {},
};

async function noteProblems({ client, integration, run }: Comparison, problems: readonly RowProblem[]): Promise<void> {
  if (problems.length === 0) return;
  await client.query(COUNT_PROBLEMS, [run.id, problems.length]);
  await keepProblems(sqlOn(client), integration.merchantId, run.sync_event_id, problems);
}
