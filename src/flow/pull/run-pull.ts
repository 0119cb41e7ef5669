import type pg from 'pg';
import type { PullSources } from '../../connectors/connector.js';
import { withClient } from '../../db/with-client.js';
import { HubError } from '../../errors.js';
import { isAboutData } from '../../inbox/sql-errors.js';
import type { EntityType } from '../../model/statuses.js';
import type { OpenIntegration } from '../integrations/open-integration.js';
import { createPace } from '../pace.js';
import type { Services } from '../services.js';
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
export function canBePulled(
  { connection }: Pick<OpenIntegration, 'connection'>,
  entityType: EntityType,
): entityType is PullableType {
  return connection.pull?.[entityType as PullableType] !== undefined;
}

/** What of an integration is read, and for which sync event. */
export interface AskedPull {
  entityType: PullableType;
  syncEventId: string;
  /** Read in place of what the system answers: a file, for example, from which nothing follows for what is missing in it. */
  part?: PullSources;
}

/**
 * Reads an integration's products, stock or orders, by a connection of its own to the database: no page is held in a
 * transaction, and two runs of the same kind wait for each other. `signal` ends it between two pages.
 * @throws HubError CANCELLED after the page during which it was, what the upstream fails with, DATABASE_UNAVAILABLE, INTERNAL; Error when the hub stops
 */
export async function runPull(
  services: Services,
  integration: OpenIntegration,
  asked: AskedPull,
  signal: AbortSignal,
): Promise<void> {
  const { entityType } = asked;
  const about = { integrationId: integration.id, entityType };
  const expected = (error: unknown) =>
    toExpected(error, 'pull', services.log, { ...about, aboutData: isAboutData(error) });
  const work = async (client: pg.Client) => {
    await client.query(LOCK, [`pull ${integration.id} ${entityType}`]);
    const run = await beginPull(client, integration, asked);
    try {
      await readAll({ services, integration, client, run, ...asked }, signal);
      await run.complete();
    } catch (error) {
      const failure = expected(error);
      // A hub that stops has seen no failure of the upstream.
      if (!signal.aborted && failure instanceof HubError) await run.fail(failure).catch(() => {});
      throw failure;
    }
  };
  try {
    await withClient(services.db.url, work, `${PLAN_EACH} ${NO_WAIT}`);
  } catch (error) {
    throw expected(error);
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

function beginPull(client: pg.Client, integration: OpenIntegration, { entityType, syncEventId, part }: AskedPull) {
  const { merchantId, id: integrationId } = integration;
  const of = { merchantId, integrationId, entityType, syncEventId, isPart: part !== undefined };
  return beginRun(client, { ...of, removeAtMost: removeAtMostOf(integration) }, pullTimesOf(integration, new Date()));
}

interface Reading extends AskedPull {
  services: Services;
  integration: OpenIntegration;
  client: pg.Client;
  run: PullRun;
}

async function readAll(reading: Reading, signal: AbortSignal): Promise<void> {
  const { services, integration, client, run, entityType, part } = reading;
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
