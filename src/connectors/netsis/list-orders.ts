import type { ListRequest, UpstreamRecord, WholeRecord } from '../connector.js';
import type { NetsisClient } from './client.js';
import type { NetsisSettings } from './settings.js';
import type { Slip } from './wire.js';

/**
 * The sales orders that the hub has made, page by page in the order of their numbers; those of other programs carry no id
 * of the hub. Netsis documents no way to ask for what has changed since: all are read.
 */
export async function* listOrders(
  client: NetsisClient,
  { pageSize }: NetsisSettings,
  { signal }: ListRequest,
): AsyncGenerator<UpstreamRecord[]> {
  let first: string | undefined;
  for (let done = 0; !signal.aborted; ) {
    const { slips, total } = await client.listOrders(done, pageSize);
    // The same page again comes from a server that knows no offset.
    if (slips.length === 0 || slips[0]?.FatUst.FATIRS_NO === first) return;
    first = slips[0]?.FatUst.FATIRS_NO;
    done += slips.length;
    yield slips.filter(({ FatUst }) => FatUst.EKACK1 !== null).map(toRecord);
    if (total === null ? slips.length < pageSize : done >= total) return;
  }
}

/** One of them; null: it is not there, or another program's. */
export async function readOrder(client: NetsisClient, number: string): Promise<WholeRecord | null> {
  const slip = await client.findOrder(number);
  return slip && { ...toRecord(slip), entity: null };
}

function toRecord(slip: Slip): UpstreamRecord {
  const { FATIRS_NO, EKACK1, EKACK2, EKACK3 } = slip.FatUst;
  return {
    externalId: FATIRS_NO,
    entityId: EKACK1,
    number: EKACK2,
    updatedAt: null,
    fields: { number: EKACK2, status: EKACK3 },
    details: slip,
  };
}
