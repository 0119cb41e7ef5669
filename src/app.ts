import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { buildHubSchema } from '../schema/build.js';
import { createAuthenticate } from './access/authenticate.js';
import type { Caller } from './access/caller.js';
import { createLimitedCallers } from './access/limited-callers.js';
import { composeServices } from './compose-services.js';
import type { Config } from './config/config.js';
import { tokenConfigOf } from './config/token-config.js';
import { withOutsideConnectors } from './connectors/outside-connectors.js';
import { connectors as ownConnectors } from './connectors/registry.js';
import { sqlOn } from './db/database.js';
import { createNotifier } from './db/notifier.js';
import { openMigrated } from './db/open-migrated.js';
import { configureFromEnvironment } from './flow/integrations/configure-from-environment.js';
import type { Services } from './flow/services.js';
import type { Phase } from './flow/watching/read-health.js';
import { createAddressOf } from './http/address-of.js';
import { registerApi } from './http/api.js';
import { createCallerLimits } from './http/caller-limits.js';
import { registerDocs } from './http/docs/register-docs.js';
import { registerHealth } from './http/health.js';
import { registerPages } from './http/pages.js';
import { createServer } from './http/server.js';
import { shareAnswer } from './http/share-answer.js';
import type { WebSocketTransport } from './http/websocket.js';
import { createMetrics } from './metrics.js';
import { readQueueStates } from './outbox/queue-states.js';
import { adoptRollups } from './rollup/roll-up.js';
import { listen, type OnStop, openReader, readFigures, watchProcess } from './start-parts.js';
import { startSimulators } from './start-simulators.js';
import { openTelemetry, type Telemetry } from './telemetry/open-telemetry.js';

/** A running hub. */
export interface Hub {
  /** Where it listens: `http://host:port`. */
  url: string;
  /** Takes nothing new, lets what runs end, and stops in the reverse order of the start. */
  stop(): Promise<void>;
}

const STOP_PATIENCE_MS = 15_000;
const QUEUE_STATES_MAX_AGE_MS = 2_000;
const PAGES = fileURLToPath(new URL('../web', import.meta.url));

/** One part that fails or hangs must not keep the others from stopping, PostgreSQL least of all. */
async function stopPart(stop: () => unknown, log: Logger): Promise<void> {
  const late = sleep(STOP_PATIENCE_MS, 'late' as const, { ref: false });
  const outcome = await Promise.race([Promise.resolve().then(stop), late]).catch((err: unknown) =>
    log.error({ err }, 'a part did not stop cleanly'),
  );
  if (outcome === 'late') log.error({ part: stop.toString() }, 'a part did not stop in time');
}

/** Starts everything that the configured role has. @throws Error when something cannot start; what had started is stopped */
export async function startHub(config: Config, log: Logger): Promise<Hub> {
  const stops: (() => unknown)[] = [];
  const stop = async () => {
    for (let next = stops.pop(); next; next = stops.pop()) await stopPart(next, log);
  };
  try {
    return { url: await start(config, log, (one) => void stops.push(one)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function start(config: Config, plainLog: Logger, onStop: OnStop): Promise<string> {
  const connectors = await withOutsideConnectors(ownConnectors, config.connectors);
  const telemetry = await openTelemetry(config.telemetry, plainLog);
  onStop(() => telemetry.close());
  const { log } = telemetry;
  const simulators = config.simulators ? startSimulators(config, onStop) : null;
  const db = await openMigrated(config, log, onStop);
  await adoptRollups(db);
  const notifier = createNotifier({ url: db.url, log });
  notifier.start();
  onStop(() => notifier.stop());
  const readStates = shareAnswer(() => readQueueStates(sqlOn(db.pool)), QUEUE_STATES_MAX_AGE_MS);
  const figures = { readQueueStates: readStates, ...readFigures(db) };
  const metrics = createMetrics(figures);
  let phase: Phase = 'starting';
  const watch = { ...figures, ...watchProcess(db), phase: () => phase };
  const parts = { config, connectors, log, db, notifier, metrics, watch, telemetry, onStop };
  const { services, feed, startWorker } = composeServices(parts);
  await feed.start();
  onStop(() => feed.stop());
  await configureFromEnvironment(services, config);
  const { noteSecurityEvent } = services;
  const { trustedProxies } = config;
  const server = createServer({ log, metrics, noteSecurityEvent, tracer: telemetry.tracer, trustedProxies });
  if (config.role !== 'worker') registerDocs(server);
  registerHealth(server, { metrics, ...watch, readHealth: services.readHealth });
  const sockets = config.role === 'worker' ? null : await serve(server, config, services, telemetry);
  const url = await listen(server, config, onStop);
  // Before the server: it waits for every connection to end, and a subscriber's ends only when it is told.
  onStop(() => sockets?.stop());
  await simulators?.connect(services, url);
  await startWorker();
  phase = 'ready';
  onStop(() => {
    phase = 'draining';
  });
  return url;
}

async function serve(
  server: FastifyInstance,
  config: Config,
  services: Services,
  { tracer }: Telemetry,
): Promise<WebSocketTransport> {
  const tokens = tokenConfigOf(config);
  const limited = createLimitedCallers(sqlOn(services.db.pool), services.log);
  const limits = createCallerLimits(config.requestsPerMinute, services.db.pool, limited);
  const admit = (caller: Caller) => limits.take(caller);
  const { noteSecurityEvent } = services;
  const schema = buildHubSchema();
  const sockets = await registerApi(server, {
    schema,
    reader: openReader(schema, services),
    services,
    authenticate: createAuthenticate({
      sql: sqlOn(services.db.pool),
      tokens,
      logger: services.log,
      admit,
      noteSecurityEvent,
    }),
    limits,
    tracer,
    addressOf: createAddressOf(config.trustedProxies),
  });
  await registerPages(server, { folder: PAGES, tokens, production: config.production });
  return sockets;
}
