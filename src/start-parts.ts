import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { GraphQLSchema } from 'graphql';
import type { Logger } from 'pino';
import type { Config } from './config/config.js';
import { type Database, type Sql, sqlOn } from './db/database.js';
import { guardedSystems } from './flow/access/require-access.js';
import { createDeliveryHooks, type DeliveryHooks } from './flow/hooks/delivery-hooks.js';
import type { JobRunner } from './flow/jobs/job-runner.js';
import { countCatalogueReads } from './flow/products/count-catalogue-reads.js';
import type { Services } from './flow/services.js';
import { type HealthDeps, readHealth } from './flow/watching/read-health.js';
import { shareAnswer } from './http/share-answer.js';
import { readWaitingWebhooks } from './inbox/waiting-webhooks.js';
import { createMappings, type Mappings } from './mapping/create-mappings.js';
import type { Metrics, MetricsDeps } from './metrics.js';
import type { NoteSecurityEvent } from './model/security-events.js';
import { createCourier } from './notify/courier.js';
import { openChannels } from './notify/open-channels.js';
import { cacheCatalogue } from './read/cache-catalogue.js';
import { createReader } from './read/create-reader.js';
import type { Reader } from './read/reader.js';
import { tallySecurityEvent } from './rollup/count-security-events.js';
import { createLoadReport, readSystemLoad } from './rollup/report-load.js';
import { readLastHour } from './rollup/rollup-gauges.js';
import { createTally, type Tally } from './rollup/tally.js';

/** Told of each thing that must be stopped, in the order of the start. */
export type OnStop = (stop: () => unknown) => void;

export function openHooks({ hookModules: modules }: Config, log: Logger, onStop: OnStop): DeliveryHooks {
  const hooks = createDeliveryHooks({ modules, log });
  onStop(() => hooks.stop());
  return hooks;
}

export function openMappings(onStop: OnStop): Mappings {
  const mappings = createMappings();
  onStop(() => mappings.stop());
  return mappings;
}

export async function startCourier(config: Config, db: Database, log: Logger, onStop: OnStop): Promise<void> {
  const channels = await openChannels(config.notifications, config.production);
  const { publicUrl } = config.notifications;
  const courier = createCourier({ sql: sqlOn(db.pool), channels, log, publicUrl });
  courier.start();
  onStop(() => courier.stop());
}

export function openReader(schema: GraphQLSchema, services: Services): Reader {
  const { products: onProducts, stock: onStock } = countCatalogueReads(services);
  const reader = createReader({
    schema,
    db: services.db,
    systems: guardedSystems(services.connectors),
  });
  return cacheCatalogue(reader, { schema, sql: sqlOn(services.db.pool), onProducts, onStock });
}

export function startTally(db: Database, log: Logger, onStop: OnStop): Tally {
  const load = createLoadReport({ sql: sqlOn(db.pool), log });
  load.start();
  onStop(() => load.stop());
  const tally = createTally({ sql: sqlOn(db.pool), log });
  tally.start();
  onStop(() => tally.stop());
  return tally;
}

/** For Prometheus in this process, and for the schema and the alerts in all of them. */
export function countSecurityEvents(metrics: Metrics, tally: Tally): NoteSecurityEvent {
  return (event) => {
    metrics.securityEventNoted(event);
    tallySecurityEvent(tally, event);
  };
}

const FIGURES_MAX_AGE_MS = 5_000;

/** What `/metrics` tells beside queues; anybody may ask for it, so that several requests share one reading. */
export function readFigures({ pool }: Database): Omit<MetricsDeps, 'readQueueStates'> {
  const sql = sqlOn(pool);
  const shared = <T>(read: (of: Sql) => Promise<T>) => shareAnswer(() => read(sql), FIGURES_MAX_AGE_MS);
  return {
    readLastHour: shared(readLastHour),
    readWaitingWebhooks: shared((of) => readWaitingWebhooks(of)),
    readSystemLoad: shared(readSystemLoad),
  };
}

/** Answers where: `http://host:port`. */
export async function listen(server: FastifyInstance, { host, port }: Config, onStop: OnStop): Promise<string> {
  await server.listen({ host, port }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE') throw error;
    throw new Error(
      `Port ${port} of ${host} is in use: end what listens there, or set PORT to another one (0: any free one).`,
    );
  });
  onStop(() => server.close());
  const { port: bound } = server.server.address() as AddressInfo;
  return `http://${host === '0.0.0.0' ? '127.0.0.1' : host}:${bound}`;
}

/** One that only reads can store nothing that the hub accepts: a standby, or a server that was set so. */
async function requireWritable(pool: Database['pool']): Promise<void> {
  const { rows } = await pool.query<{ mode: string }>(`select current_setting('transaction_read_only') as mode`);
  if (rows[0]?.mode === 'on') throw new Error('the database takes no writes: it is a standby, or set to read only');
}

/** What of its health the hub can only learn from its database. */
export function watchProcess({ pool }: Database): Pick<HealthDeps, 'pingDatabase' | 'countDispatchers'> {
  const count = async () => (await pool.query<{ count: number }>('select count(*)::int as count from instances')).rows;
  return {
    pingDatabase: () => requireWritable(pool),
    countDispatchers: async () => (await count())[0]?.count ?? 0,
  };
}

/** The one source of `/health` and of the schema's `systemHealth`. */
export function healthOf(watch: Omit<HealthDeps, 'listJobs'>, jobs: JobRunner): Services['readHealth'] {
  const listJobs = shareAnswer(() => jobs.list(), FIGURES_MAX_AGE_MS);
  return () => readHealth({ ...watch, listJobs });
}
