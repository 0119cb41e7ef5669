import type { Caller } from '../../access/caller.js';
import { HubError } from '../../errors.js';
import type { Services } from '../services.js';
import type { OpenIntegration } from './open-integration.js';

/** @throws HubError NOT_FOUND when there is none, or it is another merchant's; otherwise as `Integrations.byId` */
export async function findIntegration(
  services: Services,
  caller: Caller,
  id: string,
  path: string[],
): Promise<OpenIntegration> {
  const row = await services.integrations.find(id);
  if (!row || (caller.merchantId !== null && row.merchantId !== caller.merchantId)) {
    throw new HubError('NOT_FOUND', `There is no integration ${id}.`, { path });
  }
  return services.integrations.byId(id);
}
