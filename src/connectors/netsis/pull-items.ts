import type { PulledPage, RowProblem } from '../pull.js';
import { toPage } from '../upstream/to-page.js';
import type { NetsisClient } from './client.js';
import type { NetsisSettings } from './settings.js';
import type { ItemCard } from './wire.js';

/**
 * Every item, page by page in the order of its code. Netsis documents no way to ask for what has changed since: whoever
 * asks for that gets everything, too.
 */
export async function* pullItems<Row extends object>(
  client: NetsisClient,
  settings: NetsisSettings,
  signal: AbortSignal,
  read: (card: ItemCard, line: number, settings: NetsisSettings) => Row | RowProblem,
): AsyncGenerator<PulledPage<Row>> {
  for (let done = 0; !signal.aborted; ) {
    const { cards, total } = await client.listItems(done, settings.pageSize);
    const before = done;
    const all = cards.map((card, index) => read(card, before + index + 1, settings));
    done += cards.length;
    if (all.length > 0) yield toPage(cards, all, before);
    // A server may answer with less than it was asked for; only the total tells the end for certain.
    if (cards.length === 0 || (total === null ? cards.length < settings.pageSize : done >= total)) return;
  }
}
