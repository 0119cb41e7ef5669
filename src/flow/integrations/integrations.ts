import type { Connection, Connector, Effect } from '../../connectors/connector.js';
import { HubError } from '../../errors.js';
import type { Delivery, DispatchTarget } from '../../outbox/lane.js';
import type { DeliveryHooks } from '../hooks/delivery-hooks.js';
import { merchantFolder } from '../merchants/merchant-folder.js';
import { callConnector } from './call-connector.js';
import { createIntegrationCache, type IntegrationCacheDeps } from './integration-cache.js';
import type { OpenIntegration } from './open-integration.js';
import type { IntegrationRow } from './read-integrations.js';

/** The integrations that are not deleted, opened: by id, or those of a connector's name, or of a merchant. */
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
  /** One effect, by the integration's connector. @throws HubError DATABASE_UNAVAILABLE: the effect was then not tried */
  deliver(integrationId: string, effect: Effect): Promise<Delivery>;
  /** What a configuration that is not stored yet would work with, by its connector's schemas; it calls nobody. */
  preview(connector: Connector, config: { merchantId: string; credentials: unknown; settings: unknown }): Connection;
  /** To be called after the commit that changed one: this process works by it at once, the others within milliseconds. */
  changed(): void;
}

export interface IntegrationsDeps extends IntegrationCacheDeps {
  /** Left out: nobody is told. */
  hooks?: Pick<DeliveryHooks, 'during' | 'watch'>;
}

/** Kept in memory, and read anew as soon as any instance has changed one. */
export function createIntegrations(deps: IntegrationsDeps): Integrations {
  const cache = createIntegrationCache(deps);
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
    deliver: (integrationId, effect) => callConnector({ ...deps, byId }, integrationId, effect),
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
