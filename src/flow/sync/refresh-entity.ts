import { z } from 'zod';
import type { Caller } from '../../access/caller.js';
import { HubError } from '../../errors.js';
import { auditDone } from '../access/audit-done.js';
import { checkInput, label } from '../check-input.js';
import { findIntegration } from '../integrations/find-integration.js';
import { requireEnabled } from '../integrations/require-enabled.js';
import { kindOf } from '../lock-entity.js';
import type { Services } from '../services.js';
import { canBeRead, findKnown } from './check-status.js';
import { takeNews } from './take-news.js';

const refreshSchema = z.object({ id: label(), integrationId: label() });
export type Refresh = z.infer<typeof refreshSchema>;

/**
 * Asks a system now how far one order or invoice is, and takes what is news; answers the entity's id.
 * @throws HubError NOT_FOUND, UPSTREAM_NOT_FOUND, UNSUPPORTED, INTEGRATION_DISABLED, what the upstream fails with
 */
export async function refreshEntity(
  services: Services,
  caller: Caller,
  entityType: 'ORDER' | 'INVOICE',
  input: Refresh,
): Promise<string> {
  const { id, integrationId } = checkInput(refreshSchema, input);
  const path = ['integrationId'];
  const integration = await findIntegration(services, caller, integrationId, path);
  const { title } = integration.connector;
  requireEnabled(integration, path);
  const kind = kindOf(entityType);
  if (!canBeRead(integration, entityType))
    throw new HubError('UNSUPPORTED', `${title} cannot be asked for one ${kind}.`, { path });
  const known = await findKnown(services, integration, entityType, id);
  if (!known) throw new HubError('NOT_FOUND', `${title} has no ${kind} ${id} that the hub knows of.`, { path: ['id'] });
  const event = await integration.connection.readStatus?.(entityType, known.external_id);
  if (!event)
    throw new HubError('UPSTREAM_NOT_FOUND', `${title} does not have ${known.external_id} any more.`, { path: ['id'] });
  const isNews = await takeNews(services, integration, known, event);
  const entity = { merchantId: integration.merchantId, integrationId, entityType, entityId: id };
  const action = `${entityType.toLowerCase()}.refresh`;
  await services.db.transaction((tx) => auditDone(tx, caller, { action, ...entity, details: { isNews } }));
  return id;
}
