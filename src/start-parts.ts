import type { GraphQLSchema } from 'graphql';
import type { Logger } from 'pino';
import type { Config } from './config/config.js';
import { type Database, sqlOn } from './db/database.js';
import { countCatalogueReads } from './flow/count-catalogue-reads.js';
import { createDeliveryHooks, type DeliveryHooks } from './flow/hooks/delivery-hooks.js';
import type { Services } from './flow/services.js';
import { createMappings, type Mappings } from './mapping/create-mappings.js';
import { createCourier } from './notify/courier.js';
import { openChannels } from './notify/open-channels.js';
import { cacheCatalogue } from './read/cache-catalogue.js';
import { createReader } from './read/create-reader.js';
import type { Reader } from './read/reader.js';
import { createLoadReport } from './rollup/report-load.js';
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

export function startCourier(config: Config, db: Database, log: Logger, onStop: OnStop): void {
  const channels = openChannels(config.notifications, config.production);
  const courier = createCourier({ sql: sqlOn(db.pool), channels, log });
  courier.start();
  onStop(() => courier.stop());
}

export function openReader(schema: GraphQLSchema, services: Services): Reader {
  const { products: onProducts, stock: onStock } = countCatalogueReads(services);
  const reader = createReader({ schema, db: services.db });
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
