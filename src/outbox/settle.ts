import type pg from 'pg';
import { toJson } from '../model/to-json.js';
import type { DispatchTarget } from './lane.js';
import type { EventRow, LaneOutcome, LaneRow } from './lane-outcome.js';
import { type ChangeRow, toChangeRows } from './outcome-changes.js';
import { SETTLE } from './sql/settle.js';

/** What became of a group: ids of lanes. What is in neither list was locked by somebody and is to be settled again. */
export interface Settled {
  settled: string[];
  /** Another instance has taken these over; nothing was written. */
  stale: string[];
  /** Whether a settled lane can be claimed again at once. */
  more: boolean;
  /** Integrations whose circuit changed. */
  circuitChanged: string[];
}

/** In the order of the parameters of SETTLE. */
const LANE_COLUMNS = [
  'id',
  'token',
  'head',
  'action',
  'delay_ms',
  'integration',
  'tried',
  'synced',
  'external_id',
  'external_number',
  'error',
  'answered',
  'failed',
  'hold_ms',
  'open_create',
  'merchant',
] as const satisfies (keyof LaneRow)[];
const EVENT_COLUMNS = [
  'id',
  'lane',
  'status',
  'attempt',
  'tried',
  'outcome',
  'started',
  'duration_ms',
  'http_status',
  'code',
  'message',
  'external_id',
  'delay_ms',
] as const satisfies (keyof EventRow)[];
const CHANGE_COLUMNS = ['lane', 'type', 'entity', 'event', 'size'] as const satisfies (keyof ChangeRow)[];

/** May hold any text. Those of the other columns need no quotes within an array. */
const FREE_TEXT = new Set<keyof LaneRow | keyof EventRow | keyof ChangeRow>([
  ...(['integration', 'merchant', 'external_id', 'external_number', 'error', 'code', 'message', 'entity'] as const),
]);

/** Settles a group in one statement: all of it or, when it throws, nothing. */
export async function settle(pool: pg.Pool, group: readonly LaneOutcome[], instanceId: number): Promise<Settled> {
  const lanes = group.map(({ laneRow }) => laneRow);
  const events = group.flatMap(({ eventRows }) => eventRows);
  const changes = group.flatMap(toChangeRows);
  const values = [
    ...LANE_COLUMNS.map((name) =>
      toColumn(
        name,
        lanes.map((row) => row[name]),
      ),
    ),
    ...EVENT_COLUMNS.map((name) =>
      toColumn(
        name,
        events.map((row) => row[name]),
      ),
    ),
    ...CHANGE_COLUMNS.map((name) =>
      toColumn(
        name,
        changes.map((row) => row[name]),
      ),
    ),
    toLines(events.map(({ request }) => request)),
    toLines(events.map(({ response }) => response)),
    toLines(changes.map(({ data }) => data)),
    toLines(changes.map(({ more }) => more)),
    toJson(policies(group)),
    instanceId,
  ];
  const { rows } = await pool.query<Settled>({ name: 'outbox-settle', text: SETTLE, values });
  const [row] = rows;
  if (!row) throw new Error('SETTLE answered no row');
  return row;
}

/** An array for PostgreSQL. A column of nulls is not worth sending: `unnest` fills it up. The driver looks for quotes in each element. */
function toColumn(name: Parameters<typeof FREE_TEXT.has>[0], values: (string | number | boolean | null)[]) {
  if (values.every((value) => value === null)) return '{}';
  return FREE_TEXT.has(name) ? values : `{${values.map((value) => value ?? 'null').join(',')}}`;
}

/** JSON has no line breaks of its own. As elements of an array its quotes would have to be escaped here and unescaped there. */
const toLines = (values: (string | null)[]) =>
  values.every((value) => value === null) ? '' : values.map((value) => value ?? '').join('\n');

function policies(group: readonly LaneOutcome[]) {
  const targets = new Map<string, DispatchTarget>();
  for (const { lane } of group) targets.set(lane.target.integrationId, lane.target);
  return [...targets.values()].map(({ integrationId, policy }) => ({
    integration: integrationId,
    circuit_failures: policy.circuitFailures,
    circuit_open_ms: policy.circuitOpenMs,
  }));
}
