import type { InboundEvent } from '../connector.js';
import { type Progress, progressEvent, progressOf } from '../erp/progress.js';
import type { NetsisClient } from './client.js';
import type { NetsisSettings } from './settings.js';
import { amountText, type Slip, type SlipLine } from './wire.js';

/** In one question: some 1 kB of address. */
const MOST_NUMBERS = 50;
const CLOSED = 'K';

/** How far one order has come; null: Netsis does not have it. */
export async function readStatus(
  client: NetsisClient,
  settings: NetsisSettings,
  number: string,
): Promise<InboundEvent | null> {
  // Taken before the call: whatever overtakes the answer is the newer one.
  const askedAt = new Date().toISOString();
  const slip = await readWhole(client, number);
  return slip && toEvent(slip, settings, askedAt);
}

/** The same for many, by one question for fifty of them; what comes without its lines is left to be asked for alone. */
export async function readStatuses(
  client: NetsisClient,
  settings: NetsisSettings,
  numbers: readonly string[],
): Promise<Map<string, InboundEvent>> {
  const found = new Map<string, InboundEvent>();
  for (let from = 0; from < numbers.length; from += MOST_NUMBERS) {
    const askedAt = new Date().toISOString();
    const slips = await client.findOrders(numbers.slice(from, from + MOST_NUMBERS));
    for (const slip of slips) if (slip.Kalems) found.set(slip.FatUst.FATIRS_NO, toEvent(slip, settings, askedAt));
  }
  return found;
}

/** An order with its lines, which a list may leave out; null: it is not there. */
export async function readWhole(client: NetsisClient, number: string): Promise<Slip | null> {
  const slip = await client.findOrder(number);
  return slip && !slip.Kalems ? ((await client.readOrder(number, slip.FatUst.CariKod)) ?? slip) : slip;
}

/** What of an order's state is more than the hub has sent. */
export function netsisProgress({ FatUst, Kalems }: Slip, { statusMappings }: NetsisSettings): Progress {
  return progressOf(wordOf(Kalems ?? []), FatUst.EKACK3, statusMappings.orders);
}

/** Netsis has no word for an order's state: it follows from what of its lines was delivered or closed. */
function wordOf(lines: readonly SlipLine[]): string | null {
  const isAnyDelivered = lines.some((line) => deliveredOf(line) > 0);
  const isOpen = lines.length === 0 || lines.some(isLineOpen);
  if (isOpen) return isAnyDelivered ? 'partially_shipped' : null;
  return isAnyDelivered ? 'shipped' : 'cancelled';
}

const isLineOpen = (line: SlipLine) =>
  line.STra_HTUR !== CLOSED && deliveredOf(line) < Number(amountText(line.STra_GCMIK));
const deliveredOf = ({ Firmadovtut, TesMik }: SlipLine) => Number(amountText(Firmadovtut ?? TesMik) ?? 0);

function toEvent(slip: Slip, settings: NetsisSettings, askedAt: string): InboundEvent {
  const { FATIRS_NO: externalId, EKACK1: entityId, EKACK2: number } = slip.FatUst;
  return progressEvent(netsisProgress(slip, settings), { externalId, entityId, number }, slip, askedAt);
}
