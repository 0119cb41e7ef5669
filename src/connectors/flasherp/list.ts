import type { ListRequest, UpstreamRecord } from '../connector.js';
import type { FlashErpClient } from './client.js';
import { COLLECTIONS, type FlashErpType, statusFromFlashErp } from './mapping.js';
import type { FlashErpRecord } from './wire.js';

const PAGE = 500;

/** What FlashERP has of one kind, page by page, in the hub's words. */
export async function* listRecords(
  client: FlashErpClient,
  entityType: FlashErpType,
  { updatedFrom, signal }: ListRequest,
): AsyncGenerator<UpstreamRecord[]> {
  for (let page = 1; !signal.aborted; page += 1) {
    const records = await client.list(COLLECTIONS[entityType], updatedFrom, page, PAGE);
    yield records.map((record) => toRecord(entityType, record));
    if (records.length < PAGE) return;
  }
}

function toRecord(entityType: FlashErpType, record: FlashErpRecord): UpstreamRecord {
  const { id, hub_id: hubId, updated_at: updatedAt } = record;
  return {
    externalId: id,
    entityId: hubId ?? null,
    number: record.number ?? record.reference ?? null,
    updatedAt: updatedAt ?? null,
    fields: FIELDS[entityType](record),
    details: record,
  };
}

const status = (entityType: FlashErpType, { status: told }: FlashErpRecord) =>
  told == null ? null : (statusFromFlashErp(entityType, told) ?? told);

/** What is compared, by the names of the hub's snapshots. */
const FIELDS: Record<FlashErpType, (record: FlashErpRecord) => UpstreamRecord['fields']> = {
  CUSTOMER: (one) => ({
    reference: one.reference ?? null,
    name: one.name ?? null,
    email: one.email ?? null,
    phone: one.phone ?? null,
  }),
  TRANSACTION: (one) => ({
    reference: one.reference ?? null,
    status: status('TRANSACTION', one),
    amount: one.amount ?? null,
    currency: one.currency ?? null,
  }),
  BILLING_SUBSCRIPTION: (one) => ({
    reference: one.reference ?? null,
    plan: one.plan ?? null,
    status: status('BILLING_SUBSCRIPTION', one),
    amount: one.amount ?? null,
    currency: one.currency ?? null,
  }),
  INVOICE: (one) => ({
    number: one.number ?? null,
    status: status('INVOICE', one),
    total: one.total ?? null,
    currency: one.currency ?? null,
  }),
};
