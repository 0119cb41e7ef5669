import type { InboundEvent } from '../connector.js';
import { hubStatus, type Progress, progressEvent, progressOf } from '../erp/progress.js';
import type { RowProblem } from '../pull.js';
import { UpstreamError } from '../upstream/classify.js';
import type { LogoClient } from './client.js';
import { statusToLogo } from './mapping.js';
import type { LogoSettings } from './settings.js';
import { amountText, type SalesOrder, type StateRow } from './wire.js';

/** In one query. */
const MOST_REFERENCES = 50;
const WORDS: Record<number, string> = { 1: 'proposal', 2: 'blocked', 4: 'approved' };

/** How far one order has come; null: Logo does not have it. */
export async function readStatus(
  client: LogoClient,
  settings: LogoSettings,
  reference: string,
): Promise<InboundEvent | null> {
  // Taken before the call: whatever overtakes the answer is the newer one.
  const askedAt = new Date().toISOString();
  const row = await readState(client, reference);
  return row ? toEvent(row, settings, askedAt) : null;
}

/** The same for many, by one query for fifty of them. What it cannot tell of is left to be asked for alone. */
export async function readStatuses(
  client: LogoClient,
  settings: LogoSettings,
  references: readonly string[],
): Promise<Map<string, InboundEvent>> {
  const found = new Map<string, InboundEvent>();
  const numbers = references.filter(isReference).map(Number);
  for (let from = 0; from < numbers.length; from += MOST_REFERENCES) {
    const askedAt = new Date().toISOString();
    const states = await client.readStates(numbers.slice(from, from + MOST_REFERENCES));
    if (!states) break;
    for (const row of states.read) found.set(String(row.REFERENCE), toEvent(row, settings, askedAt));
  }
  return found;
}

/** The state of one; without queries only what the order itself tells: nothing of what was shipped. */
export async function readState(client: LogoClient, reference: string): Promise<StateRow | null> {
  if (!isReference(reference)) return null;
  const states = await client.readStates([Number(reference)]);
  const [problem] = states?.problems ?? [];
  if (problem) throw unreadable(problem);
  if (states) return states.read[0] ?? null;
  const order = await client.readOrder(reference);
  return order && stateOf(order);
}

const unreadable = ({ column, rule }: RowProblem) =>
  new UpstreamError('UPSTREAM_BAD_RESPONSE', `Logo answered, but the field "${column}" is wrong: ${rule}.`, 200);

/** As much of an order's state as the order itself tells. */
export function stateOf(order: SalesOrder): StateRow | null {
  const { INTERNAL_REFERENCE: REFERENCE, CUST_ORD_NO: CUSTORDNO, NOTES1: GENEXP1, ORDER_STATUS: STATUS } = order;
  return STATUS == null ? null : { REFERENCE, CUSTORDNO, GENEXP1, STATUS, CANCELLED: 0, SHIPPED: 0, OPENLINES: 1 };
}

/** What of an order's state is more than the hub has sent. */
export function logoProgress(row: StateRow, { statusMappings }: LogoSettings): Progress {
  return progressOf(wordOf(row), row.GENEXP1, statusMappings.orders);
}

function wordOf({ STATUS, CANCELLED, SHIPPED, OPENLINES, GENEXP1 }: StateRow): string | null {
  const isAnyShipped = /[1-9]/.test(amountText(SHIPPED) ?? '');
  if (CANCELLED === 1) return 'cancelled';
  // Lines that were closed with nothing shipped will not be.
  if (OPENLINES === 0) return isAnyShipped ? 'shipped' : 'cancelled';
  if (isAnyShipped) return 'partially_shipped';
  const sent = hubStatus(GENEXP1);
  // What the hub has made of ORDER_STATUS is not known where a rule writes its status away.
  if (sent === null || STATUS === statusToLogo(sent)) return null;
  return WORDS[STATUS] ?? `status_${STATUS}`;
}

function toEvent(row: StateRow, settings: LogoSettings, askedAt: string): InboundEvent {
  const reference = { externalId: String(row.REFERENCE), entityId: null, number: row.CUSTORDNO };
  return progressEvent(logoProgress(row, settings), reference, row, askedAt);
}

const isReference = (text: string) => /^[1-9]\d{0,9}$/.test(text);
