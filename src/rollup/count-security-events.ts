import type { Sql } from '../db/database.js';
import { SecurityEvent } from '../model/security-events.js';
import type { Tally } from './tally.js';

/** Roll-ups of the hub itself stand under this instead of an integration's id. */
const HUB = 'hub';
const PREFIX = 'security.';

/** How often one kind came. */
export interface SecurityEventCount {
  kind: SecurityEvent;
  count: number;
}

const OF_KIND = `integration_id = '${HUB}' and source = 'COUNT' and starts_with(operation, '${PREFIX}')`;

const READ = `select substr(operation, ${PREFIX.length + 1}) as kind, sum(count)::float8 as count from metric_rollups
where ${OF_KIND} and period in ('HOUR', 'DAY') and at >= date_trunc(lower(period), $1::timestamptz) and at < $2 group by 1`;

const COUNT = `select coalesce(sum(count), 0)::float8 as count from metric_rollups
where ${OF_KIND} and period = case when $1 > 7200000 then 'HOUR' else 'MINUTE' end
  and at >= date_trunc('minute', now() - $1 * interval '1 ms')`;

export function tallySecurityEvent(tally: Tally, event: SecurityEvent): void {
  tally.add(HUB, `${PREFIX}${event}`);
}

/** Of a time, ISO 8601; every kind has its count, over all instances. */
export async function readSecurityEvents(sql: Sql, from: string, to: string): Promise<SecurityEventCount[]> {
  const found = new Map((await sql<SecurityEventCount>(READ, [from, to])).map(({ kind, count }) => [kind, count]));
  return Object.values(SecurityEvent).map((kind) => ({ kind, count: found.get(kind) ?? 0 }));
}

/** All of them, of the last so many milliseconds. */
export async function countSecurityEvents(sql: Sql, windowMs: number): Promise<number> {
  const [row] = await sql<{ count: number }>(COUNT, [windowMs]);
  return row?.count ?? 0;
}
