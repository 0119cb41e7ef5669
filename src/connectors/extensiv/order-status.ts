import type { z } from 'zod';
import { HubError } from '../../errors.js';
import type { OrderSnapshot } from '../../model/snapshots.js';
import type { EntityType } from '../../model/statuses.js';
import type { InboundEvent } from '../connector.js';
import { metadataContents } from '../order-contents.js';
import { readRows } from '../upstream/read-rows.js';
import type { ExtensivClient } from './client.js';
import { orderStatusFromExtensiv } from './mapping.js';
import { pullPages } from './pull-pages.js';
import type { ExtensivSettings } from './settings.js';
import { OwnOrder, ReadOrder, recordIdOf } from './wire.js';

/** What the hub itself puts there beside the order's own. */
const SENT_AS_METADATA = ['portal_order_id', 'delivery_zone', 'total_amount', 'payment_status', 'notes'];

/** Ids in one question: some 4 kB of address at most. */
const IDS_AT_ONCE = 50;

/** One order's progress; null: it is not there. */
export async function readStatus(
  client: ExtensivClient,
  settings: ExtensivSettings,
  entityType: EntityType,
  externalId: string,
): Promise<InboundEvent | null> {
  checkIsOrder(entityType);
  // Taken before the call: whatever overtakes the answer is the newer one.
  const askedAt = new Date().toISOString();
  const order = await client.readOrderStatus(externalId);
  return order && toEvent({ ...order, id: externalId }, settings, askedAt);
}

/**
 * The progress of many by few questions. A server that does not know the parameter, or answers with other orders, leaves
 * them to be asked for one by one.
 */
export async function readStatuses(
  client: ExtensivClient,
  settings: ExtensivSettings,
  entityType: EntityType,
  externalIds: readonly string[],
): Promise<Map<string, InboundEvent>> {
  checkIsOrder(entityType);
  const found = new Map<string, InboundEvent>();
  for (let from = 0; from < externalIds.length; from += IDS_AT_ONCE) {
    const ids = externalIds.slice(from, from + IDS_AT_ONCE);
    const askedAt = new Date().toISOString();
    const orders = await listByIds(client, ids);
    for (const order of orders) if (ids.includes(order.id)) found.set(order.id, toEvent(order, settings, askedAt));
    if (orders.length === 0) break;
  }
  return found;
}

async function listByIds(client: ExtensivClient, ids: readonly string[]): Promise<ReadOrder[]> {
  try {
    return readAll(await client.listOrders({ ids: ids.join(','), limit: String(ids.length) }), ReadOrder);
  } catch (error) {
    if (error instanceof HubError && ['UPSTREAM_NOT_FOUND', 'UPSTREAM_REJECTED'].includes(error.code)) return [];
    throw error;
  }
}

/** Pages of a list that knows no filter in which an order is looked for: a retry should not read a warehouse's whole history. */
const MOST_PAGES = 100;
const WITHOUT_END =
  'The warehouse does not list orders by their number, so whether it has this one already cannot be seen: look there, then retry or skip.';

/**
 * The order that an earlier attempt made; null: there is none. It has the hub's id in it, or, where orders are told without what
 * was sent as their metadata, the number. A server that does not know the filter answers with other orders, too, page by page.
 * @throws HubError UPSTREAM_BAD_RESPONSE where that has no end: a second create might make a second order
 */
export async function findOwn(
  client: ExtensivClient,
  { pageSize }: ExtensivSettings,
  { id, number }: OrderSnapshot,
): Promise<OwnOrder | null> {
  const list: ExtensivClient['listOrders'] = (query) => client.listOrders({ ...query, order_number: number });
  const isOwn = ({ order_number, metadata }: OwnOrder) =>
    metadata?.portal_order_id == null ? order_number === number : metadata.portal_order_id === id;
  const listing = { list, shape: OwnOrder, read: (order: OwnOrder) => order, pageSize };
  let pages = 0;
  for await (const { rows } of pullPages(listing, { since: null, signal: new AbortController().signal })) {
    const own = rows.find(isOwn);
    if (own) return own;
    pages += 1;
    if (pages === MOST_PAGES) throw new HubError('UPSTREAM_BAD_RESPONSE', WITHOUT_END);
  }
  return null;
}

/** Those that can be read. */
const readAll = <Row>({ rows }: { rows: unknown[] }, shape: z.ZodType<Row>): Row[] =>
  readRows(rows, shape, 0, recordIdOf).read;

function toEvent(order: ReadOrder, settings: ExtensivSettings, askedAt: string): InboundEvent {
  const { id, status, order_number: number = null, metadata, tracking_number: single } = order;
  const occurredAt = order.updated_at ?? askedAt;
  const contents = metadataContents(metadata, SENT_AS_METADATA);
  const tracking = order.tracking_numbers ?? (single ? [single] : []);
  return {
    eventId: `poll:ORDER:${id}:${status}:${occurredAt}`,
    eventType: 'order.status.read',
    entityType: 'ORDER',
    reference: { externalId: id, entityId: metadata?.portal_order_id ?? null, number },
    occurredAt,
    sourceStatus: status,
    status: orderStatusFromExtensiv(status, settings),
    ...(tracking.length > 0 && { trackingNumbers: tracking }),
    ...(contents && { contents }),
    payload: order,
  };
}

function checkIsOrder(entityType: EntityType): void {
  if (entityType !== 'ORDER')
    throw new HubError('UNSUPPORTED', `Extensiv tells the progress of orders, not of ${entityType}.`);
}
