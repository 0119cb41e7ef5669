import type { Connection, Connector, DeliveryPolicy } from '../../connectors/connector.js';
import type { UpstreamHttp } from '../../connectors/upstream/http.js';
import { type Call, timedHttp } from '../../connectors/upstream/timed-http.js';
import type { TokenStore } from '../../connectors/upstream/tokens.js';
import type { SealedCredentials } from '../../db/entities/integration.js';
import { HubError } from '../../errors.js';
import type { BoundMappings, Mappings } from '../../mapping/create-mappings.js';
import type { RuleSet } from '../../mapping/mapping-rules.js';
import type { IntegrationMode } from '../../model/statuses.js';
import type { DeliveryHooks } from '../hooks/delivery-hooks.js';
import { merchantFolder } from '../merchants/merchant-folder.js';
import { effectiveSettings, type IntegrationRow } from './read-integrations.js';

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

/** What integrations are opened with. */
export interface OpeningDeps {
  connectors: readonly Connector[];
  /** @throws HubError CREDENTIALS_UNREADABLE */
  openCredentials(integrationId: string, sealed: SealedCredentials): unknown;
  mappings: Pick<Mappings, 'bind'>;
  /** Left out: nobody is told of what mappings do. */
  hooks?: Pick<DeliveryHooks, 'watch'>;
  http: UpstreamHttp;
  /** Told of each request to an integration's system; left out: nobody is. */
  onCall?(integrationId: string, call: Call): void;
  /** The access token that an integration with these credentials and settings uses; left out: each connection keeps one of its own. */
  tokensOf?(integrationId: string, client: unknown): TokenStore;
  /** Where the merchants' files are. */
  filesRoot: string;
}

/**
 * Unseals, checks and connects what is stored of an integration; calls nobody.
 * @throws HubError CREDENTIALS_UNREADABLE or INVALID_STATE (it does not fit its connector, or that is not there)
 */
export function openIntegration(deps: OpeningDeps, row: IntegrationRow): OpenIntegration {
  const { id, merchantId, name, mode, enabled, ruleSets } = row;
  const connector = deps.connectors.find((one) => one.name === row.connector);
  if (!connector) throw new HubError('INVALID_STATE', `There is no connector ${row.connector} for ${id}.`);
  const unsealed = row.sealedCredentials ? deps.openCredentials(id, row.sealedCredentials) : {};
  const client = {
    credentials: parse(id, 'credentials', connector.credentials, unsealed),
    settings: parse(id, 'settings', connector.settings, effectiveSettings(row)),
  };
  const policy = connector.policy(client.settings);
  const bound = deps.mappings.bind(ruleSets);
  const mappings = deps.hooks?.watch(bound) ?? bound;
  const tokens = deps.tokensOf?.(id, client);
  const filesRoot = merchantFolder(deps.filesRoot, merchantId);
  const http = timedHttp(deps.http, (call) => deps.onCall?.(id, call));
  const connection = connector.connect({ ...client, mappings, tokens, filesRoot }, http);
  const stored = { id, merchantId, name, mode, enabled, ruleSets };
  return { ...stored, ...client, connector, policy, mappings, connection, ...webhooksOf(deps, row) };
}

function webhooksOf(
  { openCredentials }: OpeningDeps,
  { id, webhook }: IntegrationRow,
): Pick<OpenIntegration, 'webhookSecret' | 'asksForKey' | 'webhookEvents'> {
  if (!webhook) return { webhookSecret: null, asksForKey: false, webhookEvents: [] };
  const { sealedSecret, events: webhookEvents } = webhook;
  if (!sealedSecret) return { webhookSecret: null, asksForKey: true, webhookEvents };
  const { webhookSecret = null } = openCredentials(id, sealedSecret) as { webhookSecret?: string };
  return { webhookSecret, asksForKey: false, webhookEvents };
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
