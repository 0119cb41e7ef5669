import type { OrderSnapshot } from '../../model/snapshots.js';
import type { ListedPage, ListRequest, UpstreamRecord, WholeRecord } from '../connector.js';
import { hubStatus } from '../erp/progress.js';
import type { FieldMappings } from '../field-mappings.js';
import { parseExactJson } from '../text/exact-json.js';
import { readRows } from '../upstream/read-rows.js';
import type { LogoClient } from './client.js';
import { comparedFields } from './compared-fields.js';
import { arpCode, isTrackingNumber, orderToLogo } from './mapping.js';
import { logoProgress, readState, stateOf } from './order-state.js';
import type { LogoSettings } from './settings.js';
import { OrderContent, SalesOrder, type StateRow } from './wire.js';

/**
 * The sales orders that the hub has made, page by page in the order of Logo's references; those of other programs carry no
 * tracking number of the hub. Logo documents no way to ask for what has changed since: all are read.
 */
export async function* listOrders(
  client: LogoClient,
  settings: LogoSettings,
  { signal }: ListRequest,
): AsyncGenerator<ListedPage> {
  let first: unknown;
  for (let done = 0; !signal.aborted; ) {
    const askedAt = new Date().toISOString();
    const rows = await client.listOrders(done, settings.pageSize);
    // Logo may answer with less than it was asked for; the same page again comes from a server that knows no offset.
    if (rows.length === 0 || referenceOf(rows[0]) === first) return;
    first = referenceOf(rows[0]);
    const { read, problems } = readRows(rows, SalesOrder, done, referenceOf);
    const own = read.filter(({ DOC_TRACKING_NR: tracking }) => isTrackingNumber(tracking));
    done += rows.length;
    const states = await statesOf(client, own);
    const records = own.map((order) => toRecord(order, states.of.get(order.INTERNAL_REFERENCE), settings, askedAt));
    yield { rows: records, problems: [...problems, ...states.problems] };
  }
}

/** One of them; null: it is not there. */
export async function readOrder(
  client: LogoClient,
  settings: LogoSettings,
  reference: string,
): Promise<WholeRecord | null> {
  const askedAt = new Date().toISOString();
  const order = await client.readOrder(reference);
  if (!order) return null;
  const state = await readState(client, reference);
  return { ...toRecord(order, state ?? undefined, settings, askedAt), entity: null };
}

/** What Logo would tell of an order that it has just as the hub sends it. */
export async function expectOrder(
  { settings, mappings }: { settings: LogoSettings; mappings: FieldMappings },
  order: OrderSnapshot,
): Promise<UpstreamRecord['fields']> {
  const body = await mappings.outbound('ORDER', order, orderToLogo(order, arpCode(order, settings), settings));
  const told = OrderContent.parse(parseExactJson(JSON.stringify(body)));
  return { ...comparedFields(told, settings), status: hubStatus(told.NOTES1) ?? order.status };
}

async function statesOf(client: LogoClient, orders: readonly SalesOrder[]) {
  const references = orders.map((order) => order.INTERNAL_REFERENCE);
  const told = references.length > 0 ? await client.readStates(references) : null;
  const known = told?.read ?? orders.flatMap((order) => stateOf(order) ?? []);
  return { of: new Map(known.map((row) => [row.REFERENCE, row])), problems: told?.problems ?? [] };
}

/** A state that people there have changed is newer than anything that the hub has sent. */
function toRecord(
  order: SalesOrder,
  state: StateRow | undefined,
  settings: LogoSettings,
  askedAt: string,
): UpstreamRecord {
  const progress = state && logoProgress(state, settings);
  const isNews = progress !== undefined && !progress.echo;
  const status = isNews ? (progress.status ?? progress.sourceStatus) : hubStatus(order.NOTES1);
  return {
    externalId: String(order.INTERNAL_REFERENCE),
    entityId: null,
    number: order.CUST_ORD_NO,
    updatedAt: isNews ? askedAt : null,
    fields: { ...comparedFields(order, settings), ...(status !== null && { status }) },
    details: order,
  };
}

function referenceOf(row: unknown): string | null {
  const reference = (row as { INTERNAL_REFERENCE?: unknown } | null)?.INTERNAL_REFERENCE;
  return reference == null ? null : String(reference);
}
