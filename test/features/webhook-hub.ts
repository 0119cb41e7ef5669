import { createHmac } from 'node:crypto';
import Fastify, { type FastifyInstance } from 'fastify';
import { graphql, print } from 'graphql';
import { pino } from 'pino';
import { buildHubSchema } from '../../schema/build.js';
import type { HubContext } from '../../schema/context.js';
import type { Caller } from '../../src/access/caller.js';
import { createKeyring, seal, unseal } from '../../src/access/seal.js';
import type { Connector } from '../../src/connectors/connector.js';
import { connectors } from '../../src/connectors/registry.js';
import { type Database, sqlOn } from '../../src/db/database.js';
import { createNotifier, type Notifier } from '../../src/db/notifier.js';
import { createIntegrations } from '../../src/flow/integrations/integrations.js';
import type { Services } from '../../src/flow/services.js';
import { ingestBySchema } from '../../src/http/webhooks/ingest-by-schema.js';
import { registerWebhooks } from '../../src/http/webhooks/register-webhooks.js';
import { createInbox, type Inbox } from '../../src/inbox/inbox.js';
import { createMappings } from '../../src/mapping/create-mappings.js';
import { createTally } from '../../src/rollup/tally.js';

export const SECRET = 'portal-secret';
export const PATH = '/api/v1/b2b/webhooks/b2b';
const keyring = createKeyring(['a secret that is long enough for tests']);
const schema = buildHubSchema();
const log = pino({ level: 'silent' });

export const operator: Caller = {
  subject: 'ops',
  role: 'operator',
  merchantId: null,
  permissions: [],
  via: 'jwt',
  expiresAt: null,
};

export interface WebhookHub {
  url: string;
  inbox: Inbox;
  /** An operation of the public schema by this caller. */
  operate(document: string, variables?: Record<string, unknown>, caller?: Caller): Promise<Record<string, never>>;
  close(): Promise<void>;
}

/** The parts of the hub that a webhook passes: HTTP, the schema, the use case, the inbox, PostgreSQL. */
export async function startWebhookHub(
  db: Database,
  options: { ratePerSecond?: number; further?: Connector[] } = {},
): Promise<WebhookHub> {
  const notifier = createNotifier({ url: db.url, log });
  notifier.start();
  const services = createServices(db, options.further ?? [], notifier);
  const run = (source: string, variableValues: Record<string, unknown>, caller: Caller, requestId = 'none') =>
    graphql({ schema, source, variableValues, contextValue: { services, caller, requestId } as HubContext });
  const server: FastifyInstance = Fastify();
  await registerWebhooks(server, {
    pool: db.pool,
    ingest: ingestBySchema((document, variables, { requestId }) =>
      run(print(document), variables, { ...operator, subject: 'hub', via: 'hub' }, requestId),
    ),
    ratePerSecond: options.ratePerSecond,
  });
  return {
    inbox: services.inbox,
    url: await server.listen({ port: 0, host: '127.0.0.1' }),
    operate: async (document, variables = {}, caller = operator) =>
      (await run(document, variables, caller)).data as Record<string, never>,
    close: async () => {
      await server.close();
      await notifier.stop();
    },
  };
}

function createServices(db: Database, further: Connector[], notifier: Notifier): Services {
  const all = [...connectors, ...further];
  const integrations = createIntegrations({
    db,
    connectors: all,
    openCredentials: (id, sealed) => unseal(keyring, id, sealed),
    mappings: createMappings(),
    http: { send: () => Promise.reject(new Error('No webhook calls an upstream')) },
    filesRoot: '/nowhere',
    notifier,
    log,
  });
  const inbox = createInbox({ db, onCommit: () => {} });
  const tally = createTally({ sql: sqlOn(db.pool), log });
  return { db, inbox, integrations, connectors: all, log, tally, noteSecurityEvent: () => {} } as unknown as Services;
}

export async function addPortal(
  db: Database,
  more: {
    id?: string;
    merchantId?: string;
    connector?: string;
    secret?: string | null;
    webhookSecret?: string;
    settings?: object;
  } = {},
): Promise<void> {
  const { id = 'b2b-portal', merchantId = 'shop', connector = 'b2b-portal', secret = SECRET, settings = {} } = more;
  const secrets = more.webhookSecret
    ? { webhookSecret: more.webhookSecret }
    : { ...(secret !== null && { apiSecret: secret }) };
  const credentials = seal(keyring, id, { apiKey: 'key', ...secrets });
  await db.pool.query('insert into merchants (id, name) values ($1, $1) on conflict do nothing', [merchantId]);
  await db.pool.query(
    `insert into integrations (id, merchant_id, name, connector, sealed_credentials, settings) values ($1, $2, $1, $3, $4, $5)`,
    [id, merchantId, connector, credentials, { baseUrl: 'https://portal.example/api', merchantId, ...settings }],
  );
}

export const sign = (body: string | Buffer, secret = SECRET) => createHmac('sha256', secret).update(body).digest('hex');

export interface Answer {
  status: number;
  headers: Headers;
  body: Record<string, unknown> & { data?: Record<string, unknown> };
}

/** Posts exact bytes; signed by `SECRET` unless headers are given. */
export async function post(
  hub: WebhookHub,
  path: string,
  body: string | Buffer,
  headers?: Record<string, string>,
): Promise<Answer> {
  const response = await fetch(hub.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(headers ?? { 'x-b2b-signature': sign(body) }) },
    body: body as string,
  });
  return { status: response.status, headers: response.headers, body: (await response.json()) as Answer['body'] };
}

let count = 0;

/** The body of an order's event as the portal documents it. */
export function orderEvent(data: Record<string, unknown>, more: Record<string, unknown> = {}): string {
  count += 1;
  return JSON.stringify({
    event: 'order.status.updated',
    id: `evt_${count}`,
    timestamp: '2026-02-15T10:30:00Z',
    entity_type: 'order',
    data: { status: 'SHIPPED', previous_status: 'PROCESSING', ...data },
    ...more,
  });
}

export function invoiceEvent(data: Record<string, unknown>, more: Record<string, unknown> = {}): string {
  return orderEvent(data, { event: 'invoice.status.updated', entity_type: 'invoice', ...more });
}
