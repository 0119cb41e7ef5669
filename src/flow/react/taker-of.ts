import type { ChangeEntry } from '../../feed/feed.js';
import type { OrderStatus } from '../../model/statuses.js';
import type { Services } from '../services.js';

/** An integration that takes orders over, and what an order is that it has taken. */
interface Taker {
  integrationId: string;
  status: OrderStatus;
}

/** The integration that a change is about, if orders that it takes are moved by that. */
export async function takerOf({ integrations }: Services, change: ChangeEntry): Promise<Taker | null> {
  const { integrationId, merchantId } = change;
  if (integrationId === null) return null;
  const known = (await integrations.byMerchant(merchantId)).find(({ id }) => id === integrationId);
  const status = known?.connector.takenStatus;
  return known && status ? { integrationId, status } : null;
}
