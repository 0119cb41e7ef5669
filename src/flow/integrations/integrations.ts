import { isDeepStrictEqual } from 'node:util';
import type { Logger } from 'pino';
import type { Connection, Connector, DeliveryPolicy, Effect } from '../../connectors/connector.js';
import { recordExchanges } from '../../connectors/exchanges.js';
import type { Exchange, UpstreamHttp } from '../../connectors/http.js';
import { type Call, timedHttp } from '../../connectors/timed-http.js';
import type { TokenStore } from '../../connectors/tokens.js';
import type { Database } from '../../db/database.js';
import { INTEGRATION_CHANGED, type SealedCredentials } from '../../db/entities/integration.js';
import type { Notifier } from '../../db/notifier.js';
import { HubError } from '../../errors.js';
import type { BoundMappings, Mappings } from '../../mapping/create-mappings.js';
import type { RuleSet } from '../../mapping/mapping-rules.js';
import type { IntegrationMode } from '../../model/statuses.js';
import type { Delivery, DispatchTarget } from '../../outbox/lane.js';
import type { DeliveryHooks } from '../hooks/delivery-hooks.js';
import { merchantFolder } from '../merchants/merchant-folder.js';
import { callConnector, logIfWished, requireTried } from './call-connector.js';
import { effectiveSettings, type IntegrationRow, readIntegrations } from './read-integrations.js';

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
  /** The published rules, and what runs them. */
  ruleSets: readonly RuleSet[];
  mappings: BoundMappings;
  /** Signs webhooks by the gateway's scheme, where one was registered; null: the credentials say what does. */
  webhookSecret: string | null;
  /** Webhooks were registered without a secret: who sends them must bring a key. */
  asksForKey: boolean;
  /** Of registered webhooks; empty: all. */
  webhookEvents: readonly string[];
  /** One for the integration's life, so that a connector may keep a token in it. */
  connection: Connection;
}

/** The integrations that are not deleted, opened. Kept in memory and dropped as soon as any instance changes one. */
export interface Integrations {
  /** @throws HubError UNKNOWN_INTEGRATION, CREDENTIALS_UNREADABLE or INVALID_STATE (its settings no longer fit the connector) */
  byId(id: string): Promise<OpenIntegration>;
  /** What is stored of one, opened or not; null when there is none. */
  find(id: string): Promise<IntegrationRow | null>;
  /** Every one that can be opened; the others are logged. Disabled ones are among them. */
  all(): Promise<OpenIntegration[]>;
  /** The enabled ones that cannot be opened, and why. */
  unopened(): Promise<{ id: string; merchantId: string; reason: HubError }[]>;
  byConnector(connector: string): Promise<OpenIntegration[]>;
  byMerchant(merchantId: string): Promise<OpenIntegration[]>;
  /** The enabled integrations that can be sent to, as the dispatcher needs to know them. */
  targets(): Promise<DispatchTarget[]>;
  /** One effect, by the integration's connector. Throws only what the hub's database can do: the effect was then not tried. */
  deliver(integrationId: string, effect: Effect): Promise<Delivery>;
  /** What a configuration that is not stored yet would work with, by its connector's schemas; it calls nobody. */
  preview(connector: Connector, config: { merchantId: string; credentials: unknown; settings: unknown }): Connection;
  /** To be called after the commit that changed one: this process works by it at once, the others within milliseconds. */
  changed(): void;
}

export interface IntegrationsDeps {
  db: Database;
  connectors: readonly Connector[];
  /** @throws HubError CREDENTIALS_UNREADABLE */
  openCredentials(integrationId: string, sealed: SealedCredentials): unknown;
  mappings: Pick<Mappings, 'bind'>;
  /** Left out: nobody is told. */
  hooks?: Pick<DeliveryHooks, 'during' | 'watch'>;
  http: UpstreamHttp;
  /** Told of each request to an integration's system; left out: nobody is. */
  onCall?(integrationId: string, call: Call): void;
  /** The access token that an integration with these credentials and settings uses; left out: each connection keeps one of its own. */
  tokensOf?(integrationId: string, client: unknown): TokenStore;
  /** Where the merchants' files are. */
  filesRoot: string;
  notifier: Pick<Notifier, 'listen'>;
  log: Logger;
}

/** Finds what was missed while the notifier's connection was away. */
const REREAD_MS = 5000;

/** An integration that cannot be opened is kept with the reason. */
interface Entry {
  row: IntegrationRow;
  connector: Connector | undefined;
  opened: OpenIntegration | HubError;
}
interface Entries {
  byId: ReadonlyMap<string, Entry>;
  opened: readonly OpenIntegration[];
}

/** Needs the database, the registry of connectors, `unseal` with its keys, the shared upstream client and the notifier. */
export function createIntegrations(deps: IntegrationsDeps): Integrations {
  const cache = createCache(deps);
  const list = async (keep: (integration: OpenIntegration) => boolean) => (await cache.entries()).opened.filter(keep);
  const byId = async (id: string) => {
    const entry = await cache.find(id);
    if (!entry) throw new HubError('UNKNOWN_INTEGRATION', `There is no integration ${id}.`);
    if (entry.opened instanceof HubError) throw entry.opened;
    return entry.opened;
  };
  return {
    byId,
    find: async (id) => (await cache.find(id))?.row ?? null,
    all: () => list(() => true),
    unopened: async () =>
      [...(await cache.entries()).byId.values()].flatMap(({ row: { id, merchantId, enabled }, opened }) =>
        enabled && opened instanceof HubError ? [{ id, merchantId, reason: opened }] : [],
      ),
    byConnector: (connector) => list((integration) => integration.connector.name === connector),
    byMerchant: (merchantId) => list((integration) => integration.merchantId === merchantId),
    targets: async () => (await list(({ enabled }) => enabled)).map(toTarget),
    deliver: async (integrationId, effect) => {
      const exchanges: Exchange[] = [];
      const result = await recordExchanges(exchanges, () => callConnector(deps, byId, integrationId, effect));
      requireTried(result, exchanges);
      await logIfWished(byId, integrationId, effect, exchanges, deps.log);
      return { result, exchanges };
    },
    preview: (connector, { merchantId, ...config }) => {
      const filesRoot = merchantFolder(deps.filesRoot, merchantId);
      return connector.connect({ ...config, mappings: deps.mappings.bind([]), filesRoot }, deps.http);
    },
    changed: cache.drop,
  };
}

const toTarget = ({ id, policy, connector }: OpenIntegration): DispatchTarget => ({
  integrationId: id,
  policy,
  honoursIdempotencyKeys: connector.honoursIdempotencyKeys,
});

function createCache(deps: IntegrationsDeps) {
  let last: Entries['byId'] = new Map();
  let kept: { reading: Promise<Entries>; at: number } | null = null;
  const drop = () => {
    kept = null;
  };
  deps.notifier.listen(INTEGRATION_CHANGED, drop);
  const read = async () => {
    const rows = await readIntegrations(deps.db);
    last = new Map(rows.map((row) => [row.id, reopen(deps, row, last.get(row.id))]));
    const opened = [...last.values()].flatMap((one) => (one.opened instanceof HubError ? [] : [one.opened]));
    return { byId: last, opened };
  };
  const entries = (): Promise<Entries> => {
    if (kept && performance.now() - kept.at < REREAD_MS) return kept.reading;
    const mine = { reading: read(), at: performance.now() };
    kept = mine;
    mine.reading.catch(() => {
      if (kept === mine) kept = null;
    });
    return mine.reading;
  };
  /** One that is not known may have been made a moment ago by another instance. */
  const find = async (id: string): Promise<Entry | undefined> => {
    const known = (await entries()).byId.get(id);
    if (known) return known;
    drop();
    return (await entries()).byId.get(id);
  };
  return { entries, find, drop };
}

/** What did not change stays open, with whatever its connection keeps. */
function reopen(deps: IntegrationsDeps, row: IntegrationRow, last: Entry | undefined): Entry {
  return last && isDeepStrictEqual(last.row, row) ? last : openEntry(deps, row);
}

function openEntry(deps: IntegrationsDeps, row: IntegrationRow): Entry {
  const connector = deps.connectors.find(({ name }) => name === row.connector);
  try {
    return { row, connector, opened: open(deps, row, connector) };
  } catch (error) {
    if (!(error instanceof HubError)) throw error;
    deps.log.error({ integrationId: row.id, code: error.code, reason: error.message }, 'integration cannot be opened');
    return { row, connector, opened: error };
  }
}

function open(deps: IntegrationsDeps, row: IntegrationRow, connector: Connector | undefined): OpenIntegration {
  if (!connector) throw new HubError('INVALID_STATE', `There is no connector ${row.connector} for ${row.id}.`);
  const sealed = row.sealedCredentials;
  const unsealed = sealed ? deps.openCredentials(row.id, sealed) : {};
  const credentials = parse(row.id, 'credentials', connector.credentials, unsealed);
  const settings = parse(row.id, 'settings', connector.settings, effectiveSettings(row));
  const { id, merchantId, name, mode, enabled, ruleSets } = row;
  const policy = connector.policy(settings);
  const bound = deps.mappings.bind(ruleSets);
  const mappings = deps.hooks?.watch(bound) ?? bound;
  const tokens = deps.tokensOf?.(id, { credentials, settings });
  const filesRoot = merchantFolder(deps.filesRoot, merchantId);
  const http = timedHttp(deps.http, (call) => deps.onCall?.(id, call));
  const connection = connector.connect({ credentials, settings, mappings, tokens, filesRoot }, http);
  const { sealedSecret = null, events: webhookEvents = [] } = row.webhook ?? {};
  const secrets = sealedSecret ? (deps.openCredentials(id, sealedSecret) as { webhookSecret?: string }) : {};
  return {
    ...{
      id,
      merchantId,
      name,
      mode,
      enabled,
      connector,
      credentials,
      settings,
      policy,
      connection,
      ruleSets,
      mappings,
    },
    webhookSecret: secrets.webhookSecret ?? null,
    asksForKey: row.webhook !== null && sealedSecret === null,
    webhookEvents,
  };
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
