import type { ListRequest, UpstreamRecord, WholeRecord } from '../connector.js';
import type { ExtensivClient } from './client.js';
import { orderStatusFromExtensiv } from './mapping.js';
import { pullPages } from './pull-pages.js';
import type { ExtensivSettings } from './settings.js';
import { ReadOrder } from './wire.js';

/** The orders that the hub has exported, page by page; those of other shops carry no id of the hub. */
export async function* listOrders(
  client: ExtensivClient,
  settings: ExtensivSettings,
  { updatedFrom, signal }: ListRequest,
): AsyncGenerator<UpstreamRecord[]> {
  const { pageSize } = settings;
  const read = (order: ReadOrder) => order;
  const listing = { list: client.listOrders, shape: ReadOrder, read, pageSize };
  for await (const { rows } of pullPages(listing, { since: updatedFrom, signal })) {
    yield rows.filter(({ metadata }) => metadata?.portal_order_id != null).map((order) => toRecord(order, settings));
  }
}

/** One of them; null: it is not there. */
export async function readOrder(
  client: ExtensivClient,
  settings: ExtensivSettings,
  id: string,
): Promise<WholeRecord | null> {
  const order = await client.readOrder(id);
  return order && { ...toRecord({ ...order, id }, settings), entity: null };
}

function toRecord(order: ReadOrder, settings: ExtensivSettings): UpstreamRecord {
  const { id, status, order_number: number = null, updated_at: updatedAt = null, metadata } = order;
  return {
    externalId: id,
    entityId: metadata?.portal_order_id ?? null,
    number,
    updatedAt,
    fields: { number, status: orderStatusFromExtensiv(status, settings) ?? status },
    details: order,
  };
}
