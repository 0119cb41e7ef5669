import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import type { DeliveryPolicy, DeliveryResult, Effect } from '../../src/connectors/connector.js';
import type { Database } from '../../src/db/database.js';
import { createNotifier } from '../../src/db/notifier.js';
import { createDispatcher, type Dispatcher, type DispatcherDeps } from '../../src/outbox/dispatcher.js';
import type { NewSyncEvent, Outbox } from '../../src/outbox/outbox.js';
import { POLICY } from './policy.js';

export * from './answers.js';

const MERCHANT = 'm1';

/** Waits until the condition holds, however long that takes; the test's own timeout ends a wait in vain. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(5);
}

export async function addIntegration(db: Database, id: string, merchantId = MERCHANT): Promise<void> {
  await db.pool.query('insert into merchants (id, name) values ($1, $1) on conflict do nothing', [merchantId]);
  await db.pool.query(`insert into integrations (id, merchant_id, name, connector) values ($1, $2, $1, 'b2b-portal')`, [
    id,
    merchantId,
  ]);
}

/** One effect with what the test does not care about filled in. */
export function effect(integrationId: string, entityId: string, more: Partial<NewSyncEvent> = {}): NewSyncEvent {
  const given = {
    merchantId: MERCHANT,
    entityType: 'ORDER',
    operation: 'CREATE',
    payload: {},
    maxAttempts: 4,
  } as const;
  return { ...given, integrationId, entityId, ...more };
}

export const enqueue = (db: Database, outbox: Outbox, events: NewSyncEvent[]): Promise<string[]> =>
  db.transaction((tx) => outbox.enqueue(tx, events));

export interface EventRow {
  id: string;
  lane_id: string | null;
  seq: string | null;
  status: string;
  attempt_count: number;
  error_code: string | null;
  error_message: string | null;
  external_id: string | null;
  idempotency_key: string;
  next_attempt_at: string | null;
  processed_at: string | null;
}

export async function readEvents(db: Database, ids: string[]): Promise<EventRow[]> {
  const { rows } = await db.pool.query<EventRow>(
    'select * from sync_events where id = any($1::bigint[]) order by array_position($1::bigint[], id)',
    [ids],
  );
  return rows;
}

export const readStatuses = async (db: Database, ids: string[]): Promise<string[]> =>
  (await readEvents(db, ids)).map(({ status }) => status);

/** Every change, also those that stand in one row with others: for the `from` of a query. */
export const EACH_CHANGE = `(
  select id, 0 as place, kind, entity_type, entity_id, sync_event_id, data from changes
  union all
  select c.id, m.place, m.kind, entity_type, entity_id, m.sync_event_id, m.data
    from changes c cross join lateral rows from (
      json_to_recordset(c.more) as (kind text, "syncEventId" bigint, data jsonb)
    ) with ordinality as m (kind, sync_event_id, data, place)
) each_change`;

/** `previous>new` of every change of an event's status, in order. */
export async function readTransitions(db: Database, id: string): Promise<string[]> {
  const { rows } = await db.pool.query<{ step: string }>(
    `select coalesce(data->>'previousStatus', '') || '>' || (data->>'newStatus') as step
       from ${EACH_CHANGE} where sync_event_id = $1 and kind = 'sync_event.status_changed' order by id, place`,
    [id],
  );
  return rows.map(({ step }) => step);
}

const SILENT = pino({ level: process.env['TEST_LOG'] ?? 'silent' });

export interface TestDispatcher extends Dispatcher {
  /** Effects as the upstream got them, in order. */
  calls: (Effect & { integrationId: string; at: number })[];
  linked: string[];
}

/** A dispatcher whose upstream is the given function; `answer` decides what becomes of each effect. */
export function testDispatcher(
  db: Database,
  targets: Record<string, Partial<DeliveryPolicy> & { honoursIdempotencyKeys?: boolean }>,
  answer: (effect: Effect, integrationId: string) => DeliveryResult | Promise<DeliveryResult>,
  leaseMs?: number,
  onAttempt?: DispatcherDeps['onAttempt'],
): TestDispatcher {
  const calls: TestDispatcher['calls'] = [];
  const linked: string[] = [];
  const notifier = createNotifier({ url: db.url, log: SILENT });
  const dispatcher = createDispatcher({
    db,
    notifier,
    targets: async () =>
      Object.entries(targets).map(([integrationId, { honoursIdempotencyKeys = true, ...policy }]) => ({
        integrationId,
        policy: { ...POLICY, ...policy },
        honoursIdempotencyKeys,
      })),
    deliver: async (integrationId, effect) => {
      calls.push({ ...effect, integrationId, at: Date.now() });
      return { result: await answer(effect, integrationId), exchanges: [] };
    },
    changed: () => {},
    onLinked: ({ externalId }) => linked.push(externalId),
    onAttempt,
    log: SILENT,
    leaseMs,
  });
  return {
    calls,
    linked,
    wake: () => dispatcher.wake(),
    start: () => {
      notifier.start();
      return dispatcher.start();
    },
    stop: async (drainMs) => {
      await dispatcher.stop(drainMs);
      await notifier.stop();
    },
  };
}

/** Resolves once every one of these events has one of these statuses. */
export const untilStatus = (db: Database, ids: string[], ...statuses: string[]): Promise<void> =>
  until(async () => (await readStatuses(db, ids)).every((status) => statuses.includes(status)));
