import type { ChangeEntry } from '../../feed/feed.js';
import type { OrderStatus } from '../../model/statuses.js';
import type { Services } from '../services.js';
import { integrationOf } from './integration-of.js';

/** An integration that takes orders over, and what an order is that it has taken. */
interface Taker {
  integrationId: string;
  status: OrderStatus;
}

/** The integration that a change is about, if orders that it takes are moved by that. */
export async function takerOf(services: Services, change: ChangeEntry): Promise<Taker | null> {
  const integration = await integrationOf(services, change);
  const status = integration?.connector.takenStatus;
  return integration && status ? { integrationId: integration.id, status } : null;
}
