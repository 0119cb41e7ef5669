import type { Snapshot } from '../../model/snapshots.js';
import { BillingInterval, TransactionType } from '../../model/statuses.js';
import type { ListedPage, ListRequest, UpstreamRecord, WholeRecord } from '../connector.js';
import type { FieldMappings } from '../field-mappings.js';
import { parseExactJson } from '../text/exact-json.js';
import { endWhereRefused, mayHaveMore } from '../upstream/may-have-more.js';
import { readRows } from '../upstream/read-rows.js';
import type { FlashErpClient } from './client.js';
import { COLLECTIONS, type FlashErpType, statusFromFlashErp, toFlashErp } from './mapping.js';
import { addressFromFlashErp, known } from './told.js';
import { FlashErpRecord } from './wire.js';

const PAGE = 500;

/** What FlashERP has of one kind, page by page, in the hub's words. */
export async function* listRecords(
  client: FlashErpClient,
  entityType: FlashErpType,
  { updatedFrom, signal }: ListRequest,
): AsyncGenerator<ListedPage> {
  let first: string | null = null;
  let wasFull = false;
  for (let page = 1, done = 0; !signal.aborted; page += 1) {
    const asked = client.list(COLLECTIONS[entityType], updatedFrom, page, PAGE);
    const records: unknown[] = await (page > 1 ? asked.catch(endWhereRefused([], wasFull)) : asked);
    // The same page again comes from a server that knows no pages.
    if (page > 1 && (records.length === 0 || idOf(records[0]) === first)) return;
    first = idOf(records[0]);
    wasFull = records.length === PAGE;
    const { read, problems } = readRows(records, FlashErpRecord, done, idOf);
    done += records.length;
    yield { rows: read.map((record) => toRecord(entityType, record)), problems };
    if (!mayHaveMore(records.length, PAGE)) return;
  }
}

/** What FlashERP would tell of an entity that it has just as the hub sends it; a customer that it does not have is not compared. */
export async function expectRecord(
  mappings: FieldMappings,
  entityType: FlashErpType,
  snapshot: Snapshot,
  related: Readonly<Record<string, string>> = {},
): Promise<UpstreamRecord['fields']> {
  const linkOf = (id: string | null | undefined) => (id == null ? null : (related[id] ?? null));
  const body = await mappings.outbound(entityType, snapshot, toFlashErp(entityType, snapshot, linkOf));
  const sent = parseExactJson(JSON.stringify(body)) as object;
  const fields = FIELDS[entityType](FlashErpRecord.parse({ ...sent, id: snapshot.id }));
  const { customer, ...rest } = fields;
  return customer == null ? rest : fields;
}

function idOf(row: unknown): string | null {
  const id = (row as { id?: unknown } | null)?.id;
  return typeof id === 'string' || typeof id === 'number' ? String(id) : null;
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
    ...(entityType === 'CUSTOMER' && { address: addressFromFlashErp(one.address) }),
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

/** Without what the record is silent about, which is not compared. */
const told = (fields: Record<string, string | null | undefined>): Record<string, string | null> =>
  Object.fromEntries(
    Object.entries(fields).filter((entry): entry is [string, string | null] => entry[1] !== undefined),
  );

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
    ...told({ type: one.type?.toUpperCase(), customer: one.customer_id, occurredAt: one.occurred_at }),
  }),
  BILLING_SUBSCRIPTION: (one) => ({
    reference: one.reference ?? null,
    plan: one.plan ?? null,
    status: status('BILLING_SUBSCRIPTION', one),
    amount: one.amount ?? null,
    currency: one.currency ?? null,
    ...told({ interval: one.interval?.toUpperCase(), customer: one.customer_id }),
    ...told({ currentPeriodStart: one.current_period_start, currentPeriodEnd: one.current_period_end }),
  }),
  INVOICE: (one) => ({
    number: one.number ?? null,
    status: status('INVOICE', one),
    total: one.total ?? null,
    currency: one.currency ?? null,
    ...told({ subtotal: one.subtotal, tax: one.tax, paidAmount: one.paid_amount, dueAt: one.due_at }),
  }),
};
