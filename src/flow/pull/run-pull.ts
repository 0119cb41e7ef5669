import pg from 'pg';
import type { PullSources } from '../../connectors/connector.js';
import { connectionOptions } from '../../db/connection-options.js';
import { HubError } from '../../errors.js';
import { isAboutData } from '../../inbox/sql-errors.js';
import type { EntityType } from '../../model/statuses.js';
import type { OpenIntegration } from '../integrations/integrations.js';
import type { Services } from '../services.js';
import { createPace } from '../sync/pace.js';
import { toExpected } from '../to-expected.js';
import { receiveEvent } from '../webhooks/receive-event.js';
import { removeAtMostOf } from './guard-removal.js';
import { isMapped, mapPages } from './map-pages.js';
import { pullEvents } from './pull-events.js';
import { pullRows } from './pull-rows.js';
import { beginRun, type PullRun } from './pull-run.js';
import { pullTimesOf } from './pull-times.js';
import { samplePages } from './sample-pages.js';

export type PullableType = 'PRODUCT' | 'INVENTORY' | 'ORDER';

/** Whether the integration's system can be read whole for this kind of entity. */
export function canBePulled({ connection }: OpenIntegration, entityType: EntityType): entityType is PullableType {
  return connection.pull?.[entityType as PullableType] !== undefined;
}

/**
 * Reads an integration's products, stock or orders, by a connection of its own to the database: no page is held in a
 * transaction, and two runs of the same kind wait for each other. `signal` ends it between two pages. `part` is read in
 * place of what the system answers: a file, for example, from which nothing follows for what is missing in it.
 * @throws HubError what the upstream fails with, DATABASE_UNAVAILABLE, INTERNAL; Error when the hub stops
 */
export async function runPull(
  services: Services,
  integration: OpenIntegration,
  entityType: PullableType,
  syncEventId: string,
  signal: AbortSignal,
  part?: PullSources,
): Promise<void> {
  const options = connectionOptions(services.db.url);
  const client = new pg.Client({ ...options, options: `${options.options} ${PLAN_EACH} ${NO_WAIT}` });
  // Whoever waits for a statement hears of it; without a listener it would end the process.
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query(LOCK, [`pull ${integration.id} ${entityType}`]);
    const { merchantId, id: integrationId } = integration;
    const run = await beginRun(
      client,
      {
        ...{ merchantId, integrationId, entityType, syncEventId },
        isPart: part !== undefined,
        removeAtMost: removeAtMostOf(integration),
      },
      pullTimesOf(integration, new Date()),
    );
    await follow(services, client, integration, entityType, run, signal, part);
  } catch (error) {
    const about = { integrationId: integration.id, entityType, aboutData: isAboutData(error) };
    throw toExpected(error, 'pull', services.log, about);
  } finally {
    await client.end().catch(() => {});
  }
}

/** A plan for any chunk would read whole tables for each one. */
const PLAN_EACH = '-c plan_cache_mode=force_custom_plan';
/**
 * Each page and chunk would wait for the disk. What tells of the outcome waits for it: the batch that seals the changes, and the
 * sync event; whatever of the run was lost before that is read again.
 */
const NO_WAIT = '-c synchronous_commit=off';
const LOCK = 'select pg_advisory_lock(hashtextextended($1, 0))';

async function follow(
  services: Services,
  client: pg.Client,
  integration: OpenIntegration,
  entityType: PullableType,
  run: PullRun,
  signal: AbortSignal,
  part?: PullSources,
): Promise<void> {
  try {
    await readAll(services, client, integration, entityType, run, signal, part);
    await run.complete();
  } catch (error) {
    // A hub that stops has seen no failure of the upstream.
    if (!signal.aborted) await run.fail(toFailure(error)).catch(() => {});
    throw error;
  }
}

async function readAll(
  services: Services,
  client: pg.Client,
  integration: OpenIntegration,
  entityType: PullableType,
  run: PullRun,
  signal: AbortSignal,
  part?: PullSources,
): Promise<void> {
  const pull = part ?? integration.connection.pull;
  const request = { since: run.since, signal };
  const paced = <Page>(pages: AsyncIterable<Page> | undefined) =>
    atPace(pages ?? nothing, part ? noPause : createPace(integration.policy.ratePerSecond), signal);
  if (entityType === 'ORDER') {
    await pullEvents(run, paced(pull?.ORDER?.(request)), (event) =>
      receiveEvent(services, integration, { event, rawBody: Buffer.from(JSON.stringify(event.payload)), headers: {} }),
    );
    return;
  }
  const read = paced(entityType === 'PRODUCT' ? pull?.PRODUCT?.(request) : pull?.INVENTORY?.(request));
  const pages = samplePages(client, run, entityType, read);
  const { mappings } = integration;
  const mapped = isMapped(mappings, entityType) ? mapPages(mappings, entityType, pages) : pages;
  const counter = `${entityType.toLowerCase()}.items`;
  const count = (items: number) => services.tally.add(integration.id, counter, items);
  await pullRows(client, run, entityType, counted(mapped, count), () => services.feed.wake());
}

/** Tells the figures how many rows came. */
async function* counted<Page extends { rows: readonly unknown[] }>(
  pages: AsyncIterable<Page>,
  count: (rows: number) => void,
) {
  for await (const page of pages) {
    count(page.rows.length);
    yield page;
  }
}

const noPause = async () => {};
const nothing = {
  async *[Symbol.asyncIterator]() {},
};

async function* atPace<Page>(pages: AsyncIterable<Page>, pause: () => Promise<void>, signal: AbortSignal) {
  await pause();
  for await (const page of pages) {
    yield page;
    signal.throwIfAborted();
    await pause();
  }
  signal.throwIfAborted();
}

function toFailure(error: unknown): HubError {
  return error instanceof HubError ? error : new HubError('INTERNAL', "The pull failed; the hub's log has the reason.");
}
