import type { OrderSnapshot } from '../../model/snapshots.js';
import type { ListedPage, ListRequest, UpstreamRecord, WholeRecord } from '../connector.js';
import type { FieldMappings } from '../field-mappings.js';
import { lineFields } from '../order-fields.js';
import { decimalText, parseExactJson } from '../text/exact-json.js';
import type { ExtensivClient } from './client.js';
import { orderStatusFromExtensiv, orderToExtensiv } from './mapping.js';
import { pullPages } from './pull-pages.js';
import type { ExtensivSettings } from './settings.js';
import { OrderContent, ReadOrder } from './wire.js';

/** The orders that the hub has exported, page by page; those of other shops carry no id of the hub. */
export async function* listOrders(
  client: ExtensivClient,
  settings: ExtensivSettings,
  { updatedFrom, signal }: ListRequest,
): AsyncGenerator<ListedPage> {
  const { pageSize } = settings;
  const read = (order: ReadOrder) => order;
  const listing = { list: client.listOrders, shape: ReadOrder, read, pageSize };
  for await (const { rows, problems } of pullPages(listing, { since: updatedFrom, signal })) {
    const own = rows.filter(({ metadata }) => metadata?.portal_order_id != null);
    yield { rows: own.map((order) => toRecord(order, settings)), problems };
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

/** What Extensiv would tell of an order that it has just as the hub sends it. Its progress is Extensiv's own. */
export async function expectOrder(mappings: FieldMappings, order: OrderSnapshot): Promise<UpstreamRecord['fields']> {
  const body = await mappings.outbound('ORDER', order, orderToExtensiv(order));
  return { ...comparedFields(OrderContent.parse(parseExactJson(JSON.stringify(body)))), status: order.status };
}

function toRecord(order: ReadOrder, settings: ExtensivSettings): UpstreamRecord {
  const { id, status, order_number: number = null, updated_at: updatedAt = null, metadata } = order;
  return {
    externalId: id,
    entityId: metadata?.portal_order_id ?? null,
    number,
    updatedAt,
    fields: { ...comparedFields(order), status: orderStatusFromExtensiv(status, settings) ?? status },
    details: order,
  };
}

/** The guide promises none of these in an answer: what is not told is not compared. */
function comparedFields({ order_number: number, customer, line_items: lines, metadata }: OrderContent) {
  const { name, email, phone } = customer ?? {};
  const total = metadata?.total_amount;
  return {
    ...(number != null && { number }),
    ...(name != null && { 'customer.name': name }),
    ...(email != null && { 'customer.email': email }),
    ...(phone != null && { 'customer.phone': phone }),
    ...(total != null && { grandTotal: decimalText(total) }),
    ...(lines && lineFields(lines.map(({ sku, quantity, price }) => lineOf(sku, quantity, price)))),
  };
}

const textOf = (amount: number | string | null | undefined) => (amount == null ? null : decimalText(amount));
const lineOf = (
  sku: string,
  quantity: number | string | null | undefined,
  price: number | string | null | undefined,
) => ({
  sku,
  quantity: textOf(quantity),
  unitPrice: textOf(price),
});
