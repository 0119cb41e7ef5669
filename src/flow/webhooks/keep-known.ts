import type { InboundEvent } from '../../connectors/connector.js';
import { TOLD_FIELDS, type ToldKind } from '../../connectors/told-fields.js';
import { sqlOn } from '../../db/database.js';
import { INBOX_NOUNS } from '../../inbox/sql/nouns.js';
import type { OpenIntegration } from '../integrations/open-integration.js';
import type { Services } from '../services.js';
import { readSnapshots } from '../sync/read-snapshots.js';
import { at } from '../sync/told-otherwise.js';

type Kind = ToldKind | 'ORDER';

/** `$1` merchant, `$2` integration, `$3` kind, `$4` the sender's id, `$5` the hub's id, `$6` number. */
const find = (table: string, number: string) => `select coalesce(
  (select entity_id from links where integration_id = $2 and entity_type = $3 and external_id = $4),
  (select id from ${table} where merchant_id = $1 and id = $5),
  (select id from ${table} where merchant_id = $1 and ${number} = $6)) as id`;
const FIND = new Map<string, string>(INBOX_NOUNS.map(({ type, table, number }) => [type, find(table, number)]));

/**
 * An event without those defaults of rules (`defaulted`) for which the hub has a value already: that the sender says nothing of a
 * field is no reason to undo what others have written there. `entityId`: what it is about; left out: that is looked up.
 */
export async function keepKnown(
  services: Pick<Services, 'db'>,
  integration: OpenIntegration,
  { defaulted = [], ...event }: InboundEvent,
  entityId?: string,
): Promise<InboundEvent> {
  const { entityType } = event;
  if (defaulted.length === 0 || !isKept(entityType)) return event;
  const id = entityId ?? (await findEntity(services, integration, entityType, event.reference));
  const sql = sqlOn(services.db.pool);
  const known = id && (await readSnapshots(sql, entityType, [id], integration.id)).get(id);
  if (!known) return event;
  const isEmpty = (path: string) => at(known, path) == null;
  return entityType === 'ORDER'
    ? withoutContents(event, (path) => isEmpty(path) || !isDefault(path, defaulted))
    : withoutFields(event, entityType, (path) => isEmpty(path) || !defaulted.includes(path));
}

const isKept = (entityType: InboundEvent['entityType']): entityType is Kind =>
  entityType === 'ORDER' || Object.hasOwn(TOLD_FIELDS, entityType);

async function findEntity(
  { db }: Pick<Services, 'db'>,
  { id, merchantId }: OpenIntegration,
  entityType: Kind,
  { externalId, entityId, number }: InboundEvent['reference'],
): Promise<string | null> {
  const values = [merchantId, id, entityType, externalId, entityId, number];
  const { rows } = await db.pool.query<{ id: string | null }>(FIND.get(entityType) ?? '', values);
  return rows[0]?.id ?? null;
}

/** A default may be a part of the metadata, or all of it. */
const isDefault = (path: string, defaulted: readonly string[]) =>
  defaulted.includes(`order.${path}`) || (path.startsWith('metadata.') && defaulted.includes('order.metadata'));

function withoutContents({ contents, ...event }: InboundEvent, isTold: (path: string) => boolean): InboundEvent {
  const told = Object.entries(contents ?? {}).filter(([path]) => isTold(path));
  return { ...event, ...(told.length > 0 && { contents: Object.fromEntries(told) }) };
}

function withoutFields(event: InboundEvent, kind: ToldKind, isTold: (path: string) => boolean): InboundEvent {
  const { address } = event;
  const dropped = TOLD_FIELDS[kind].filter((field) => field !== 'address' && !isTold(field));
  const parts = address && Object.entries(address).filter(([part]) => isTold(`address.${part}`));
  return {
    ...event,
    ...Object.fromEntries(dropped.map((field) => [field, null])),
    ...(parts && { address: parts.length > 0 ? Object.fromEntries(parts) : null }),
  };
}
