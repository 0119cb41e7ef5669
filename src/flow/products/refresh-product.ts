import { z } from 'zod';
import type { Caller } from '../../access/caller.js';
import { HubError } from '../../errors.js';
import { auditDone } from '../access/audit-done.js';
import { checkInput, label } from '../check-input.js';
import { findIntegration } from '../integrations/find-integration.js';
import type { OpenIntegration } from '../integrations/open-integration.js';
import { requireEnabled } from '../integrations/require-enabled.js';
import type { Services } from '../services.js';
import { receiveEvent } from '../webhooks/receive-event.js';

const refreshProductSchema = z.object({ sku: label(), integrationId: label().nullish() });
export type RefreshProduct = z.infer<typeof refreshProductSchema>;

/** The product's id, and why it is only what was last known; null: it was read just now. */
export interface Refreshed {
  product: string;
  warning: string | null;
}

const FIND = 'select id from products where merchant_id = $1 and sku = $2';

/**
 * Asks a system now for one product and its stock and takes what it answers. Where it cannot be asked, the product is
 * answered as it was last known, with a warning.
 * @throws HubError UPSTREAM_NOT_FOUND, UNSUPPORTED, INTEGRATION_DISABLED, BAD_USER_INPUT, NOT_FOUND; what the
 * upstream fails with for a product that the hub does not know
 */
export async function refreshProduct(services: Services, caller: Caller, input: RefreshProduct): Promise<Refreshed> {
  const { sku, integrationId } = checkInput(refreshProductSchema, input);
  return readProduct(services, caller, await chooseForGoods(services, caller, integrationId), sku);
}

/** The same of one system, for whoever may read. */
export async function readProduct(
  services: Services,
  caller: Caller,
  integration: OpenIntegration,
  sku: string,
): Promise<Refreshed> {
  const known = async () =>
    (await services.db.pool.query<{ id: string }>(FIND, [integration.merchantId, sku])).rows[0]?.id ?? null;
  try {
    await readNow(services, integration, sku);
  } catch (error) {
    const product = await known();
    if (!(error instanceof HubError) || error.code === 'UPSTREAM_NOT_FOUND' || product === null) throw error;
    services.log.error({ err: error, integrationId: integration.id, code: error.code }, 'product not read');
    return { product, warning: `${error.message} This is what was last known.` };
  }
  const product = await known();
  if (product !== null) {
    const entity = {
      merchantId: integration.merchantId,
      integrationId: integration.id,
      entityType: 'PRODUCT',
    } as const;
    const entry = { action: 'product.refresh', ...entity, entityId: product, details: { sku } };
    await services.db.transaction((tx) => auditDone(tx, caller, entry));
    return { product, warning: null };
  }
  throw new HubError('INVALID_STATE', `What was read of ${sku} could not be taken: see the webhook events.`, {
    path: ['sku'],
  });
}

async function readNow(services: Services, integration: OpenIntegration, sku: string): Promise<void> {
  const event = await integration.connection.readGoods?.(sku);
  const { title } = integration.connector;
  if (!event) throw new HubError('UPSTREAM_NOT_FOUND', `${title} does not have ${sku}.`, { path: ['sku'] });
  const rawBody = Buffer.from(JSON.stringify(event.payload));
  await receiveEvent(services, integration, { event, rawBody, headers: {} });
}

/**
 * The one named, or the only one that can be asked for one product.
 * @throws HubError UNSUPPORTED, INTEGRATION_DISABLED, BAD_USER_INPUT, NOT_FOUND
 */
export async function chooseForGoods(
  services: Services,
  caller: Caller,
  named: string | null | undefined,
): Promise<OpenIntegration> {
  const path = ['integrationId'];
  if (named != null) {
    const integration = await findIntegration(services, caller, named, path);
    requireEnabled(integration, path);
    if (integration.connection.readGoods) return integration;
    throw new HubError('UNSUPPORTED', `${integration.connector.title} cannot be asked for one product.`, { path });
  }
  const { integrations } = services;
  const all = caller.merchantId === null ? await integrations.all() : await integrations.byMerchant(caller.merchantId);
  const [only, another] = all.filter(({ enabled, connection }) => enabled && connection.readGoods);
  if (only && !another) return only;
  throw new HubError('BAD_USER_INPUT', 'Give the integrationId: not exactly one can be asked for products.', { path });
}
