import type { ChangeEntry } from '../../feed/feed.js';
import type { OpenIntegration } from '../integrations/open-integration.js';
import type { Services } from '../services.js';

/** The integration that a change came from, or is about; null: none, or it is gone, or cannot be opened. */
export async function integrationOf(
  { integrations }: Services,
  { merchantId, integrationId }: ChangeEntry,
): Promise<OpenIntegration | null> {
  if (integrationId === null) return null;
  return (await integrations.byMerchant(merchantId)).find(({ id }) => id === integrationId) ?? null;
}
