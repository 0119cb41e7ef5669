import { pino } from 'pino';
import type { Caller } from '../../src/access/caller.js';
import { createKeyring, seal, unseal } from '../../src/access/seal.js';
import { connectors } from '../../src/connectors/registry.js';
import { createUpstreamHttp } from '../../src/connectors/upstream/upstream-http.js';
import { sqlOn } from '../../src/db/database.js';
import { createNotifier } from '../../src/db/notifier.js';
import { createFeed } from '../../src/feed/feed.js';
import { createIntegrations, type Integrations } from '../../src/flow/integrations/integrations.js';
import type { Services } from '../../src/flow/services.js';
import { deliverEffect } from '../../src/flow/sync/deliver-effect.js';
import { createInbox } from '../../src/inbox/inbox.js';
import { createMappings } from '../../src/mapping/create-mappings.js';
import { createDispatcher } from '../../src/outbox/dispatcher.js';
import { createOutbox } from '../../src/outbox/outbox.js';
import { createTally } from '../../src/rollup/tally.js';
import { createTestDatabase, type TestDatabase } from '../harness/database.js';
import { eventually } from '../harness/eventually.js';

export const ADMIN: Caller = {
  subject: 'ada',
  role: 'admin',
  merchantId: null,
  permissions: [],
  via: 'jwt',
  expiresAt: null,
  requestId: 'req-1',
};
export const as = (role: Caller['role'], merchantId: string | null = null): Caller => ({ ...ADMIN, role, merchantId });

export interface TestServices extends Services {
  db: TestDatabase;
  /** Called when something can be sent. */
  wake: { current(): void };
  /** A second instance's view of the same integrations. */
  elsewhere: Integrations;
  close(): Promise<void>;
}

/** The real modules over a database of its own; nothing is dispatched unless a test does it. */
export async function startServices(): Promise<TestServices> {
  const db = await createTestDatabase();
  const log = pino({ level: 'silent' });
  const notifier = createNotifier({ url: db.url, log });
  const keyring = createKeyring(['a secret of the tests, long enough to be one']);
  const feed = createFeed({ db, notifier, log });
  const http = createUpstreamHttp({ httpsOnly: false });
  const openCredentials: Services['openCredentials'] = (id, sealed) => unseal(keyring, id, sealed) as never;
  const mappings = createMappings();
  const reach = { http, filesRoot: '/nowhere', notifier };
  const open = () => createIntegrations({ db, connectors, openCredentials, mappings, ...reach, log });
  const wake = { current: () => {} };
  notifier.start();
  await feed.start();
  return {
    db,
    wake,
    outbox: createOutbox({ wake: () => wake.current(), changed: () => feed.wake() }),
    inbox: createInbox({ db, onCommit: () => feed.wake() }),
    feed,
    integrations: open(),
    mappings,
    elsewhere: open(),
    tally: createTally({ sql: sqlOn(db.pool), log }),
    noteSecurityEvent: () => {},
    readHealth: () => Promise.reject(new Error('Nobody asks for it here')),
    jobs: { list: async () => [], run: async () => {}, pause: async () => {}, resume: async () => {} },
    sealCredentials: (id, credentials) => seal(keyring, id, credentials),
    openCredentials,
    connectors,
    httpsOnly: false,
    log,
    close: async () => {
      await feed.stop();
      await notifier.stop();
      await mappings.stop();
      http.close();
      await db.drop();
    },
  };
}

/** An integration with the B2B Portal that nothing is ever sent to. */
export function portalIntegration(merchantId: string, more: Record<string, unknown> = {}) {
  return {
    merchantId,
    name: 'Portal',
    connector: 'b2b-portal',
    mode: 'HYBRID' as const,
    credentials: { apiKey: 'key-1', apiSecret: 'secret-1' },
    settings: { baseUrl: 'http://127.0.0.1:9/api/v1', merchantId: 'm-at-portal', ...more },
  };
}

/** Waits for what happens within moments. */
export const until = (test: () => Promise<boolean>): Promise<boolean> => eventually(test, (isSo) => isSo);

/** Sends what the services accept, by a dispatcher of its own. */
export async function startDispatching(hub: TestServices): Promise<{ stop(): Promise<void> }> {
  const notifier = createNotifier({ url: hub.db.url, log: hub.log });
  notifier.start();
  const dispatcher = createDispatcher({
    db: hub.db,
    notifier,
    targets: () => hub.integrations.targets(),
    deliver: (id, effect) => deliverEffect(hub, id, effect),
    changed: () => hub.feed.wake(),
    onLinked: (reference) => void hub.inbox.applyWaiting(reference),
    log: hub.log,
  });
  hub.wake.current = () => dispatcher.wake();
  await dispatcher.start();
  const stop = async () => {
    await dispatcher.stop(5_000);
    await notifier.stop();
  };
  return { stop };
}
