import { pino } from 'pino';
import { openDatabase } from '../../src/db/database.js';
import { createNotifier } from '../../src/db/notifier.js';
import { createDispatcher } from '../../src/outbox/dispatcher.js';
import { unavailable } from './answers.js';
import { POLICY } from './policy.js';

/** One dispatcher in a process of its own, to be killed. Arguments: database, upstream. */
const [databaseUrl = '', upstreamUrl = ''] = process.argv.slice(2);
const log = pino({ level: 'silent' });
const db = await openDatabase(databaseUrl, () => {});
const notifier = createNotifier({ url: databaseUrl, log });
const policy = { ...POLICY, backoffBaseMs: 10, maxAttempts: 1000, timeoutMs: 500 };

notifier.start();
await createDispatcher({
  db,
  notifier,
  targets: async () => [{ integrationId: 'portal', policy, honoursIdempotencyKeys: true }],
  deliver: async (_integration, { idempotencyKey, entityId, syncEventId, attempt }) => {
    const body = JSON.stringify({ idempotencyKey, entityId, syncEventId, attempt });
    const response = await fetch(upstreamUrl, { method: 'POST', body, signal: AbortSignal.timeout(500) }).catch(
      () => null,
    );
    if (!response?.ok) return { result: unavailable, exchanges: [] };
    return {
      result: { kind: 'delivered', externalId: await response.text(), externalNumber: null },
      exchanges: [],
    };
  },
  changed: () => {},
  onLinked: () => {},
  log,
  leaseMs: 2000,
}).start();
process.send?.('ready');
