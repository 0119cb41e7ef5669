import type { InboundEvent } from '../../connectors/connector.js';
import type { PulledPage, RowProblem } from '../../connectors/pull.js';
import { HubError, isRetryable } from '../../errors.js';
import type { Acceptance } from '../../inbox/events.js';
import type { PullRun } from './pull-run.js';

/** Handed to the inbox at once, so that they share its statements. */
const AT_ONCE = 100;

/** Orders: each goes through the inbox as if a webhook had told it. */
export async function pullEvents(
  run: PullRun,
  pages: AsyncIterable<PulledPage<InboundEvent>>,
  hand: (event: InboundEvent) => Promise<Acceptance>,
): Promise<void> {
  let read = 0;
  for await (const { rows, problems = [] } of pages) {
    for (let from = 0; from < rows.length; from += AT_ONCE) {
      const group = rows.slice(from, from + AT_ONCE);
      const outcomes = await Promise.all(group.map((event) => handOne(hand, event)));
      const wrong = outcomes.flatMap((outcome, index) =>
        outcome instanceof HubError ? toProblem(outcome, read + index + 1, group[index]?.eventId) : [],
      );
      const changed = outcomes.filter((outcome) => !(outcome instanceof HubError) && isNews(outcome)).length;
      read += group.length;
      await run.note({ read: group.length, changed, problems: wrong });
    }
    if (problems.length > 0) await run.note({ problems });
  }
}

/** An event that cannot be stored is its own problem; a database that is away is everybody's. */
async function handOne(hand: (event: InboundEvent) => Promise<Acceptance>, event: InboundEvent) {
  try {
    return await hand(event);
  } catch (error) {
    if (error instanceof HubError && !isRetryable(error.code)) return error;
    throw error;
  }
}

const isNews = ({ duplicate, status }: Acceptance) => !duplicate && status === 'PROCESSED';

function toProblem(error: HubError, line: number, eventId = ''): RowProblem {
  return { line, column: error.inputPath?.join('.') ?? '', value: eventId, rule: error.message };
}
