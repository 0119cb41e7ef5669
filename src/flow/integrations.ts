import { AsyncLocalStorage } from 'node:async_hooks';
import type { Logger } from 'pino';
import type { Connection, Connector, DeliveryPolicy, DeliveryResult, Effect } from '../connectors/connector.js';
import type { Exchange, UpstreamHttp } from '../connectors/http.js';
import type { Database } from '../db/database.js';
import type { SealedCredentials } from '../db/entities/integration.js';
import { HubError, isRetryable } from '../errors.js';
import type { IntegrationMode } from '../model/statuses.js';
import { createChangeListener } from './integration-changes.js';
import { type IntegrationRow, readIntegrations } from './read-integrations.js';

/** One integration with everything that is needed to work with its system. Holds secrets: never log or answer it whole. */
export interface OpenIntegration {
  id: string;
  merchantId: string;
  name: string;
  mode: IntegrationMode;
  enabled: boolean;
  connector: Connector;
  /** Unsealed, as the connector's schema parsed them. */
  credentials: unknown;
  /** As the connector's schema parsed them. */
  settings: unknown;
  policy: DeliveryPolicy;
  /** One for the integration's life, so that a connector may keep a token in it. */
  connection: Connection;
}

/** What one call of a connector came to, with every exchange it made. */
export interface Delivery {
  result: DeliveryResult;
  exchanges: Exchange[];
}

/** The integrations that are not deleted, opened. Kept in memory and dropped as soon as any instance changes one. */
export interface Integrations {
  /** @throws HubError UNKNOWN_INTEGRATION, CREDENTIALS_UNREADABLE or INVALID_STATE (its settings no longer fit the connector) */
  byId(id: string): Promise<OpenIntegration>;
  /** Every one that can be opened; the others are logged. Disabled ones are among them. */
  all(): Promise<OpenIntegration[]>;
  byConnector(connector: string): Promise<OpenIntegration[]>;
  byMerchant(merchantId: string): Promise<OpenIntegration[]>;
  /** One effect, by the integration's connector. Throws only what the hub's database can do: the effect was then not tried. */
  deliver(integrationId: string, effect: Effect): Promise<Delivery>;
  /** Runs work on a connection and keeps its exchanges. */
  record<T>(work: () => Promise<T>): Promise<{ value: T; exchanges: Exchange[] }>;
  /** Starts to listen for changes; until then nothing is kept. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

export interface IntegrationsDeps {
  db: Database;
  connectors: readonly Connector[];
  /** @throws HubError CREDENTIALS_UNREADABLE */
  openCredentials(integrationId: string, sealed: SealedCredentials): unknown;
  /** The one way upstream; `onExchange` is told of each request when it ends. */
  createHttp(onExchange: (exchange: Exchange) => void): UpstreamHttp;
  log: Logger;
}

type Opened = OpenIntegration | HubError;

/** Needs the database, the registry of connectors, `unseal` with its keys, and `createUpstreamHttp`. */
export function createIntegrations(deps: IntegrationsDeps): Integrations {
  const recording = new AsyncLocalStorage<Exchange[]>();
  const http = deps.createHttp((exchange) => recording.getStore()?.push(exchange));
  const cache = createCache(deps, http);
  const list = async (keep: (integration: OpenIntegration) => boolean) =>
    [...(await cache.opened()).values()].filter((entry) => isOpen(entry)).filter(keep);
  const byId = async (id: string) => {
    const entry = (await cache.opened()).get(id);
    if (!entry) throw new HubError('UNKNOWN_INTEGRATION', `There is no integration ${id}.`);
    if (entry instanceof HubError) throw entry;
    return entry;
  };
  const record = async <T>(work: () => Promise<T>) => {
    const exchanges: Exchange[] = [];
    return { value: await recording.run(exchanges, work), exchanges };
  };
  return {
    byId,
    all: () => list(() => true),
    byConnector: (connector) => list((integration) => integration.connector.name === connector),
    byMerchant: (merchantId) => list((integration) => integration.merchantId === merchantId),
    deliver: async (integrationId, effect) => {
      const { value, exchanges } = await record(() => deliver(byId, integrationId, effect, deps.log));
      return { result: value, exchanges };
    },
    record,
    start: cache.start,
    stop: cache.stop,
  };
}

const isOpen = (entry: Opened): entry is OpenIntegration => !(entry instanceof HubError);

async function deliver(
  byId: Integrations['byId'],
  integrationId: string,
  effect: Effect,
  log: Logger,
): Promise<DeliveryResult> {
  const opened = await byId(integrationId).catch(asHubError);
  if (!isOpen(opened)) return failure(opened);
  try {
    return await opened.connection.deliver(effect);
  } catch (error) {
    if (error instanceof HubError) return failure(error);
    log.error({ err: error, integrationId, syncEventId: effect.syncEventId }, 'connector failed unexpectedly');
    return failure(new HubError('INTERNAL', `The connector failed unexpectedly; the hub's log has the reason.`));
  }
}

/** An integration that cannot be opened rejects its effects; a database that is away must not. */
function asHubError(error: unknown): HubError {
  if (error instanceof HubError) return error;
  throw error;
}

function failure(error: HubError): DeliveryResult {
  const { code, message } = error;
  if (!isRetryable(code)) return { kind: 'rejected', code, message, httpStatus: null };
  return { kind: 'retry', code, message, httpStatus: null, retryAfterMs: error.retryAfterMs ?? null };
}

function createCache(deps: IntegrationsDeps, http: UpstreamHttp) {
  let kept: Promise<Map<string, Opened>> | null = null;
  const listener = createChangeListener(deps.db.url, deps.log, () => {
    kept = null;
  });
  const load = async () =>
    new Map((await readIntegrations(deps.db)).map((row) => [row.id, openLogged(deps, row, http)]));
  return {
    opened: (): Promise<Map<string, Opened>> => {
      if (!listener.listening()) return load();
      if (kept) return kept;
      const loading = load();
      kept = loading;
      loading.catch(() => {
        if (kept === loading) kept = null;
      });
      return loading;
    },
    start: () => listener.start(),
    stop: () => listener.stop(),
  };
}

function openLogged(deps: IntegrationsDeps, row: IntegrationRow, http: UpstreamHttp): Opened {
  try {
    return open(deps, row, http);
  } catch (error) {
    if (!(error instanceof HubError)) throw error;
    deps.log.error({ integrationId: row.id, code: error.code, reason: error.message }, 'integration cannot be opened');
    return error;
  }
}

function open(deps: IntegrationsDeps, row: IntegrationRow, http: UpstreamHttp): OpenIntegration {
  const connector = deps.connectors.find(({ name }) => name === row.connector);
  if (!connector)
    throw new HubError('INVALID_STATE', `Integration ${row.id} uses the unknown connector ${row.connector}.`);
  const sealed = row.sealedCredentials;
  const credentials = parse(
    row.id,
    'credentials',
    connector.credentials,
    sealed ? deps.openCredentials(row.id, sealed) : {},
  );
  const settings = parse(row.id, 'settings', connector.settings, row.settings);
  const { id, merchantId, name, mode, enabled } = row;
  const policy = connector.policy(settings);
  const connection = connector.connect({ credentials, settings }, http);
  return { id, merchantId, name, mode, enabled, connector, credentials, settings, policy, connection };
}

function parse(id: string, part: 'credentials' | 'settings', schema: Connector['settings'], value: unknown): unknown {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const paths = parsed.error.issues.map((issue) => issue.path.join('.') || part).join(', ');
  throw new HubError(
    'INVALID_STATE',
    `The ${part} of integration ${id} do not fit its connector (${paths}): update them.`,
  );
}
