import type { EntityType } from '../model/statuses.js';

/** An entity that travels to integrations. */
export interface Sendable {
  merchantId: string;
  entityType: Exclude<EntityType, 'PRODUCT' | 'INVENTORY' | 'INTEGRATION'>;
  entityId: string;
}
