import type { Sql } from '../db/database.js';
import { currentTraceparent } from '../model/trace.js';
import type { NewChange } from './change.js';

const PUBLISH = `
insert into changes (kind, merchant_id, entity_type, entity_id, integration_id, sync_event_id, data, traceparent)
select c.kind, c."merchantId", c."entityType", c."entityId", c."integrationId", c."syncEventId", coalesce(c.data, '{}'), $2
from jsonb_to_recordset($1::jsonb) as c (
  kind text, "merchantId" text, "entityType" text, "entityId" text, "integrationId" text, "syncEventId" bigint, data jsonb
)`;

/** Inserts changes in the order given. Their place in the feed is decided by the sealer, after the commit. */
export async function publishChanges(sql: Sql, changes: readonly NewChange[]): Promise<void> {
  if (changes.length > 0) await sql(PUBLISH, [JSON.stringify(changes), currentTraceparent()]);
}
