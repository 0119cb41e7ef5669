import type { OrderSnapshot } from '../../model/snapshots.js';
import type { ListedPage, ListRequest, UpstreamRecord, WholeRecord } from '../connector.js';
import { hubStatus } from '../erp/progress.js';
import type { FieldMappings } from '../field-mappings.js';
import { parseExactJson } from '../text/exact-json.js';
import { readRows } from '../upstream/read-rows.js';
import type { NetsisClient } from './client.js';
import { comparedFields } from './compared-fields.js';
import { accountCode, documentNumber, orderToNetsis } from './mapping.js';
import { netsisProgress, readWhole } from './order-state.js';
import type { NetsisSettings } from './settings.js';
import { Slip, SlipContent } from './wire.js';

/**
 * The sales orders that the hub has made, page by page in the order of their numbers; those of other programs carry no id
 * of the hub. Netsis documents no way to ask for what has changed since: all are read.
 */
export async function* listOrders(
  client: NetsisClient,
  settings: NetsisSettings,
  { signal }: ListRequest,
): AsyncGenerator<ListedPage> {
  const { pageSize } = settings;
  let first: unknown;
  for (let done = 0; !signal.aborted; ) {
    const askedAt = new Date().toISOString();
    const { slips, total } = await client.listOrders(done, pageSize);
    // The same page again comes from a server that knows no offset.
    if (slips.length === 0 || numberOf(slips[0]) === first) return;
    first = numberOf(slips[0]);
    const { read, problems } = readRows(slips, Slip, done, numberOf);
    done += slips.length;
    const own = read.filter(({ FatUst }) => FatUst.EKACK1 !== null);
    yield { rows: own.map((slip) => toRecord(slip, settings, askedAt)), problems };
    if (total === null ? slips.length < pageSize : done >= total) return;
  }
}

/** One of them; null: it is not there, or another program's. */
export async function readOrder(
  client: NetsisClient,
  settings: NetsisSettings,
  number: string,
): Promise<WholeRecord | null> {
  const askedAt = new Date().toISOString();
  const slip = await readWhole(client, number);
  return slip && { ...toRecord(slip, settings, askedAt), entity: null };
}

/** What Netsis would tell of an order that it has just as the hub sends it. */
export async function expectOrder(
  { settings, mappings }: { settings: NetsisSettings; mappings: FieldMappings },
  order: OrderSnapshot,
): Promise<UpstreamRecord['fields']> {
  const place = { number: documentNumber(order, settings), customerCode: accountCode(order, settings) };
  const body = await mappings.outbound('ORDER', order, orderToNetsis(order, place, settings));
  const told = SlipContent.parse(parseExactJson(JSON.stringify(body)));
  return { ...comparedFields(told, settings), status: hubStatus(told.FatUst.EKACK3) ?? order.status };
}

/** A state that people there have changed is newer than anything that the hub has sent. */
function toRecord(slip: Slip, settings: NetsisSettings, askedAt: string): UpstreamRecord {
  const { FATIRS_NO: externalId, EKACK1: entityId, EKACK2: number, EKACK3 } = slip.FatUst;
  const { echo, status: told, sourceStatus } = netsisProgress(slip, settings);
  const status = !echo ? (told ?? sourceStatus) : hubStatus(EKACK3);
  return {
    externalId,
    entityId,
    number,
    updatedAt: echo ? null : askedAt,
    fields: { ...comparedFields(slip, settings), ...(status !== null && { status }) },
    details: slip,
  };
}

function numberOf(row: unknown): string | null {
  const number = (row as { FatUst?: { FATIRS_NO?: unknown } } | null)?.FatUst?.FATIRS_NO;
  return typeof number === 'string' ? number.trim() : null;
}
