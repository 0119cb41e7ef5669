import type { Database } from '../db/database.js';
import { Integration, type SealedCredentials } from '../db/entities/integration.js';
import type { IntegrationMode } from '../model/statuses.js';

/** An integration as it is stored. */
export interface IntegrationRow {
  id: string;
  merchantId: string;
  name: string;
  connector: string;
  mode: IntegrationMode;
  enabled: boolean;
  sealedCredentials: SealedCredentials | null;
  settings: Record<string, unknown>;
}

/** Every integration that is not deleted; there are few. */
export function readIntegrations(db: Database): Promise<IntegrationRow[]> {
  return db.orm.em.fork().find(Integration, { deletedAt: null }, { orderBy: { id: 'asc' } }) as Promise<
    IntegrationRow[]
  >;
}
