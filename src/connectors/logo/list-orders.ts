import type { ListRequest, UpstreamRecord, WholeRecord } from '../connector.js';
import type { LogoClient } from './client.js';
import { isTrackingNumber } from './mapping.js';
import type { LogoSettings } from './settings.js';
import type { SalesOrder } from './wire.js';

/**
 * The sales orders that the hub has made, page by page in the order of Logo's references; those of other programs carry no
 * tracking number of the hub. Logo documents no way to ask for what has changed since: all are read.
 */
export async function* listOrders(
  client: LogoClient,
  { pageSize }: LogoSettings,
  { signal }: ListRequest,
): AsyncGenerator<UpstreamRecord[]> {
  let first: number | undefined;
  for (let done = 0; !signal.aborted; ) {
    const orders = await client.listOrders(done, pageSize);
    // Logo may answer with less than it was asked for; the same page again comes from a server that knows no offset.
    if (orders.length === 0 || orders[0]?.INTERNAL_REFERENCE === first) return;
    first = orders[0]?.INTERNAL_REFERENCE;
    done += orders.length;
    yield orders.filter(({ DOC_TRACKING_NR: tracking }) => isTrackingNumber(tracking)).map(toRecord);
  }
}

/** One of them; null: it is not there. */
export async function readOrder(client: LogoClient, reference: string): Promise<WholeRecord | null> {
  const order = await client.readOrder(reference);
  return order && { ...toRecord(order), entity: null };
}

function toRecord(order: SalesOrder): UpstreamRecord {
  const { INTERNAL_REFERENCE, CUST_ORD_NO: number, NOTES1: status } = order;
  return {
    externalId: String(INTERNAL_REFERENCE),
    entityId: null,
    number,
    updatedAt: null,
    fields: { number, status },
    details: order,
  };
}
