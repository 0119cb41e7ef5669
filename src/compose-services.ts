import type { Logger } from 'pino';
import { allJobs } from '../jobs/all-jobs.js';
import { createJobs, type Jobs } from '../jobs/create-jobs.js';
import { createKeyring, seal, unseal } from './access/seal.js';
import type { Config } from './config/config.js';
import { createUpstreamHttp } from './connectors/upstream/upstream-http.js';
import { type Database } from './db/database.js';
import { type Notifier } from './db/notifier.js';
import { createFeed } from './feed/feed.js';
import { createAlertWatch } from './flow/alerts/alert-watch.js';
import { tellAttempt } from './flow/hooks/tell-attempt.js';
import { createIntegrations } from './flow/integrations/integrations.js';
import { createSharedTokens } from './flow/integrations/shared-tokens.js';
import { allReactions } from './flow/react/all-reactions.js';
import { createReactor } from './flow/react/create-reactor.js';
import type { Services } from './flow/services.js';
import { deliverEffect } from './flow/sync/deliver-effect.js';
import type { HealthDeps } from './flow/watching/read-health.js';
import { createInbox } from './inbox/inbox.js';
import { type Metrics } from './metrics.js';
import { createDispatcher, type Dispatcher, OUTBOX_CHANNEL } from './outbox/dispatcher.js';
import { createOutbox } from './outbox/outbox.js';
import {
  countSecurityEvents,
  healthOf,
  type OnStop,
  openHooks,
  openMappings,
  startCourier,
  startTally,
} from './start-parts.js';
import { type Telemetry } from './telemetry/open-telemetry.js';
import { reportFailure, traceAttempt } from './telemetry/watch-attempts.js';

const DISPATCHER_DRAIN_MS = 10_000;

/** What stands before there are services. */
export interface Parts {
  config: Config;
  connectors: Services['connectors'];
  log: Logger;
  db: Database;
  notifier: Notifier;
  metrics: Metrics;
  watch: Omit<HealthDeps, 'listJobs'>;
  telemetry: Telemetry;
  onStop: OnStop;
}

/** Integrations with what opens them. */
function openIntegrations({ config, connectors, log, db, notifier, onStop }: Parts) {
  const keyring = createKeyring(config.encryptionSecrets);
  const http = createUpstreamHttp({ httpsOnly: config.production, log });
  onStop(() => http.close());
  const openCredentials: Services['openCredentials'] = (id, sealed) => unseal(keyring, id, sealed) as never;
  const sealCredentials: Services['sealCredentials'] = (id, credentials) => seal(keyring, id, credentials);
  const tally = startTally(db, log, onStop);
  const onSignIn = (id: string) => tally.add(id, 'token.refresh');
  const tokensOf = createSharedTokens({ db, seal: sealCredentials, open: openCredentials, onSignIn, log });
  const mappings = openMappings(onStop);
  const hooks = openHooks(config, log, onStop);
  const { filesRoot } = config;
  const { called: onCall } = tally;
  const given = { db, connectors, openCredentials, tokensOf, mappings, hooks, http, onCall, filesRoot, notifier, log };
  return { integrations: createIntegrations(given), mappings, hooks, tally, openCredentials, sealCredentials };
}

/** What every use case is handed, the feed, and the start of what works by itself. */
export function composeServices(parts: Parts) {
  const { config, connectors, log, db, notifier, metrics, watch, telemetry } = parts;
  const { integrations, hooks, ...opened } = openIntegrations(parts);
  const feed = createFeed({ db, notifier, log });
  const changed = () => feed.wake();
  const inbox = createInbox({ db, onCommit: changed, onAccepted: (one) => metrics.webhookAccepted(one) });
  const stopping = new AbortController();
  const dispatcher = createDispatcher({
    ...{ db, notifier, changed, log },
    targets: () => integrations.targets(),
    deliver: (id, effect) =>
      traceAttempt(telemetry.tracer, id, effect, () => deliverEffect(services, id, effect, stopping.signal)),
    onLinked: (reference) =>
      void inbox.applyWaiting(reference).catch((err) => log.warn({ err }, 'webhooks still wait')),
    onAttempt: (...ended) => [
      metrics.attemptEnded(...ended),
      tellAttempt(hooks, ...ended),
      reportFailure(telemetry.reports, ...ended),
    ],
  });
  const wake = config.role === 'api' ? () => notifier.notify(OUTBOX_CHANNEL) : () => dispatcher.wake();
  const outbox = createOutbox({ wake, changed });
  const jobs = createJobs({ db, timersUrl: config.jobsUrl ?? undefined, definitions: allJobs, log });
  const services: Services = {
    ...{ db, outbox, inbox, feed, integrations, jobs, connectors, log, ...opened },
    noteSecurityEvent: countSecurityEvents(metrics, opened.tally),
    readHealth: healthOf(watch, jobs),
    httpsOnly: config.production,
  };
  return { services, feed, startWorker: () => startWorker(parts, services, jobs, dispatcher, stopping) };
}

/** What works by itself; where the role is `api`, jobs can only be seen and asked for. */
async function startWorker(
  { config, db, log, telemetry, onStop }: Parts,
  services: Services,
  jobs: Jobs,
  dispatcher: Dispatcher,
  stopping: AbortController,
): Promise<void> {
  const isWorker = config.role !== 'api';
  void jobs.start(isWorker ? services : null);
  onStop(() => jobs.stop());
  if (!isWorker) return;
  const alerts = createAlertWatch(services);
  onStop(() => alerts.stop());
  const reactor = createReactor(services, allReactions(alerts), telemetry.tracer);
  reactor.start();
  onStop(() => reactor.stop());
  await startCourier(config, db, log, onStop);
  await dispatcher.start();
  onStop(() => {
    stopping.abort();
    return dispatcher.stop(DISPATCHER_DRAIN_MS);
  });
}
