import type { ChangeKind } from '../feed/change.js';
import type { SyncEventStatus } from '../model/statuses.js';
import type { ClaimedLane } from './lane.js';
import type { EventRow, LaneOutcome } from './lane-outcome.js';

/** Changes of a lane's entity in one row, as the statement SETTLE reads it. The first is a sync event's change of status. */
export interface ChangeRow {
  lane: string;
  type: string | null;
  entity: string | null;
  /** The sync event of the first. */
  event: string | null;
  /** JSON of the first. */
  data: string | null;
  /** How many they are. */
  size: number;
  /** JSON array of those behind the first; null: there are none. */
  more: string | null;
}

interface Part {
  event: string;
  kind: ChangeKind;
  /** JSON. */
  data: string;
}

/** So few that their row stays below 4 kB, beyond which PostgreSQL compresses it. */
const EVENTS_PER_ROW = 10;

/** What the feed is told: of each event its steps and then, once it is delivered, of its entity. A row costs much more than its contents. */
export function toChangeRows({ lane, eventRows }: LaneOutcome): ChangeRow[] {
  const rows: ChangeRow[] = [];
  for (let at = 0; at < eventRows.length; at += EVENTS_PER_ROW)
    rows.push(toRow(lane, eventRows.slice(at, at + EVENTS_PER_ROW).flatMap(partsOf)));
  return rows;
}

function toRow(lane: ClaimedLane, [first, ...rest]: Part[]): ChangeRow {
  const [subject] = lane.events;
  return {
    lane: lane.id,
    type: subject?.entityType ?? null,
    entity: subject?.entityId ?? null,
    event: first?.event ?? null,
    data: first?.data ?? null,
    size: 1 + rest.length,
    more: rest.length > 0 ? `[${rest.map(toJson).join(',')}]` : null,
  };
}

const toJson = ({ event, kind, data }: Part) => `{"kind":"${kind}","syncEventId":"${event}","data":${data}}`;

function partsOf({ id, begunFrom, status, change, data }: EventRow): Part[] {
  const parts: Part[] = begunFrom === null ? [] : [toStep(id, begunFrom, 'IN_PROGRESS')];
  parts.push(toStep(id, 'IN_PROGRESS', status));
  if (change !== null && data !== null) parts.push({ event: id, kind: change, data });
  return parts;
}

const toStep = (event: string, previousStatus: SyncEventStatus, newStatus: SyncEventStatus): Part => ({
  event,
  kind: 'sync_event.status_changed',
  data: `{"previousStatus":"${previousStatus}","newStatus":"${newStatus}"}`,
});
