import type { Logger } from 'pino';
import type { LaneOutcome } from './lane-outcome.js';

/**
 * What is settled instead of an outcome whose values the database has refused: without the id that the upstream gave, where its
 * ids may repeat, else as a dead letter.
 */
export function settleable(log: Logger, refused: LaneOutcome, error: unknown): LaneOutcome {
  return withoutLearnedId(refused) ?? asDeadLetter(log, refused, error);
}

/** Taken all the same where the upstream's ids may repeat: the link does without. Null: that is not the case. */
function withoutLearnedId(outcome: LaneOutcome): LaneOutcome | null {
  const { laneRow, run } = outcome;
  const mayRepeat = run.attempts.some(({ result }) => result.kind === 'delivered' && result.idMayRepeat);
  if (laneRow.external_id === null || !mayRepeat) return null;
  return { ...outcome, laneRow: { ...laneRow, external_id: null } };
}

/**
 * An upstream that gives one id to two entities must not stop everything: the event becomes a dead letter that says so,
 * and what else the upstream answered is left out.
 */
function asDeadLetter(log: Logger, { lane, run, laneRow, eventRows }: LaneOutcome, error: unknown): LaneOutcome {
  log.error(
    { err: error, laneId: lane.id, integrationId: laneRow.integration },
    'An outcome was refused by the database',
  );
  const tried = eventRows.filter((row) => row.tried);
  const last = tried.at(-1) ?? eventRows[0];
  const message = `The upstream's answer cannot be kept (external id ${laneRow.external_id ?? 'none'}): it may belong to another entity already. Check it there, then redrive or skip.`;
  return {
    lane,
    run,
    laneRow: {
      ...laneRow,
      action: 'PARK',
      external_id: null,
      external_number: null,
      synced: false,
      error: message,
      head: headBefore(lane, last?.id),
    },
    eventRows: eventRows.map((row) => ({
      ...row,
      external_id: null,
      external_number: null,
      request: null,
      response: null,
      change: null,
      data: null,
      ...(row.id === last?.id ? { status: 'FAILED', code: 'UPSTREAM_CONFLICT', message } : {}),
    })),
  };
}

function headBefore(lane: LaneOutcome['lane'], eventId: string | undefined): string {
  const event = lane.events.find(({ id }) => id === eventId);
  return String(event ? event.seq - 1n : lane.head);
}
