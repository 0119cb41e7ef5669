import type { Tx } from '../../db/database.js';
import type { Sendable } from '../sendable.js';

/** Where an entity that the hub makes comes from. */
export interface Origin {
  integrationId: string;
  externalId: string;
}

const LINK = `insert into links (merchant_id, integration_id, entity_type, entity_id, external_id, state, synced_at)
values ($1, $2, $3, $4, $5, 'SYNCED', now())
on conflict (entity_id, entity_type, integration_id) do update set external_id = coalesce(links.external_id, excluded.external_id)`;

/** Writes that an entity is the one that an integration's system has. */
export async function linkTo(tx: Tx, { merchantId, entityType, entityId }: Sendable, origin: Origin): Promise<void> {
  await tx.sql(LINK, [merchantId, origin.integrationId, entityType, entityId, origin.externalId]);
}
