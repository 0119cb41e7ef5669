import { BillingInterval, TransactionType } from '../../model/statuses.js';
import type { ListRequest, UpstreamRecord, WholeRecord } from '../connector.js';
import type { FlashErpClient } from './client.js';
import { COLLECTIONS, type FlashErpType, statusFromFlashErp } from './mapping.js';
import { known } from './told.js';
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

/** One of them, with what it takes to make it in the hub. */
export async function readRecord(
  client: FlashErpClient,
  entityType: FlashErpType,
  externalId: string,
): Promise<WholeRecord | null> {
  const found = await client.read(COLLECTIONS[entityType], externalId);
  return found && { ...toRecord(entityType, found), entity: entityOf(entityType, found) };
}

function entityOf(entityType: FlashErpType, one: FlashErpRecord): Record<string, unknown> {
  const { interval, type } = one;
  return {
    ...FIELDS[entityType](one),
    ...(entityType === 'TRANSACTION' && { type: known(TransactionType, type) }),
    ...(entityType === 'BILLING_SUBSCRIPTION' && { interval: known(BillingInterval, interval) }),
    ...{ description: one.description, subtotal: one.subtotal, tax: one.tax, paidAmount: one.paid_amount },
    ...{ customer: one.customer_id, orderNumber: one.order_number },
    ...{ occurredAt: one.occurred_at, startedAt: one.started_at },
    ...{ issuedAt: one.issued_at, dueAt: one.due_at, paidAt: one.paid_at },
    ...{ currentPeriodStart: one.current_period_start, currentPeriodEnd: one.current_period_end },
  };
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
