import Table from 'cli-table3';
import type { DayFigures } from './day.js';
import type { Message, Seen } from './journey/play-journey.js';

/** Without colours: the tables are read in files, too. */
const PLAIN = { head: [], border: [] };

const milliseconds = (value: number) => `${Math.round(value)} ms`;

/** Prints what happened, one line a figure. */
export function printReport(figures: DayFigures): void {
  const table = new Table({ head: ['what happened', ''], colAligns: ['left', 'right'], style: PLAIN });
  table.push(
    ['orders acknowledged', figures.acknowledged],
    ['delivered to the portal', figures.delivered],
    ['lost', figures.lost],
    ['effects done twice at the portal', figures.duplicates],
    ['sync events retried', figures.retried],
    ['dead letters, then redriven', figures.redriven],
    ['dead letters left', figures.dead],
    ['webhooks taken', figures.webhooks],
    ['… repeated ones answered, not applied', figures.repeatedWebhooks],
    ['… late ones ignored', figures.lateWebhooks],
    ['changes that the watcher saw', figures.changes],
    ['… gaps', figures.gaps],
    ['… repeats', figures.repeats],
    ['kill -9 of the hub: back after', milliseconds(figures.hubBackMs)],
    ['order accepted to portal, p50', milliseconds(figures.p50Ms)],
    ['order accepted to portal, p99', milliseconds(figures.p99Ms)],
  );
  process.stdout.write(`\n${table.toString()}\n`);
}

const JOURNEY_WIDTH = 132;
const DURATION_WIDTH = 11;
const BORDERS_WIDTH = 4;

/** Words go to the next line where a terminal is too narrow for the longest; a file or a log takes any width. */
function journeyWidths(columns: number | undefined) {
  if (!columns || columns >= JOURNEY_WIDTH) return {};
  const room = columns - BORDERS_WIDTH - DURATION_WIDTH;
  const title = Math.floor(room * 0.45);
  return { colWidths: [title, room - title, DURATION_WIDTH], wordWrap: true };
}

/** Prints what was seen of the order at each system. */
export function printJourney(seen: readonly Seen[]): void {
  const table = new Table({
    head: ['step', 'seen', ''],
    colAligns: ['left', 'left', 'right'],
    style: PLAIN,
    ...journeyWidths(process.stdout.columns),
  });
  for (const { title, what, ms } of seen) table.push([title, what, milliseconds(ms)]);
  process.stdout.write(`\n${table.toString()}\n`);
}

/** Prints what people were told of the order. */
export function printMessages(messages: readonly Message[]): void {
  const table = new Table({ head: ['outbox: messages to people', 'to', ''], style: PLAIN });
  for (const { subject, recipients, status } of messages)
    table.push([subject, recipients.join(', ') || 'the operators', status.toLowerCase()]);
  process.stdout.write(`\n${table.toString()}\n`);
}
