import type { Effect, Need } from '../../connectors/connector.js';
import type { Tx } from '../../db/database.js';
import { NotYet } from '../../outbox/lane.js';
import type { OpenIntegration } from '../integrations/open-integration.js';
import { kindOf } from '../lock-entity.js';
import type { Sendable } from '../sendable.js';
import type { Services } from '../services.js';
import { findRecipients } from './find-recipients.js';
import { snapshotFor } from './send.js';

/** What is needed wakes who waits; these looks in between are for what is lost on the way. */
const FIRST_LOOK_MS = 1_000;
const LONGEST_LOOK_MS = 60_000;

const LINKS = `select l.entity_id, l.external_id, l.state from links l
where l.integration_id = $1 and (l.entity_type, l.entity_id) in (select * from unnest($2::text[], $3::text[]))`;

const WAIT = `insert into lane_waits (lane_id, link_id)
select own.id, l.id from links l, links own
where l.integration_id = $1 and (l.entity_type, l.entity_id) in (select * from unnest($2::text[], $3::text[]))
  and l.external_id is null and own.integration_id = $1 and own.entity_type = $4 and own.entity_id = $5
on conflict do nothing`;

const WAITED = `select coalesce(max(extract(epoch from clock_timestamp() - w.since)) * 1000, 0)::float8 as ms
from lane_waits w join links own on own.id = w.lane_id
where own.integration_id = $1 and own.entity_type = $2 and own.entity_id = $3`;

const EXPLAIN = `update sync_events set error_code = 'DEPENDENCY_PENDING', error_message = $2 where id = $1`;

interface Link {
  entity_id: string;
  external_id: string | null;
  state: string;
}

/**
 * The upstream's ids of what an effect needs, by the hub's ids. What was never sent there is sent now.
 * @throws NotYet while one has no id; the lane is then woken when it gets one
 */
export async function awaitNeeds(
  services: Services,
  integration: OpenIntegration,
  effect: Effect,
): Promise<Record<string, string>> {
  const { connector, settings } = integration;
  const { entityType, snapshot } = effect;
  const needs = (snapshot && connector.needs?.({ entityType, snapshot }, settings)) || [];
  if (needs.length === 0) return {};
  const found = await readLinks(services, integration.id, needs);
  if (found.missing.length === 0) return found.ids;
  for (const need of found.missing) await sendFirst(services, integration, need);
  await wait(services, integration.id, effect, found.missing, found.states);
  const again = await readLinks(services, integration.id, needs);
  if (again.missing.length === 0) return again.ids;
  throw new NotYet(await nextLook(services, integration.id, effect));
}

const columns = (needs: readonly Need[]) => [
  needs.map(({ entityType }) => entityType),
  needs.map(({ entityId }) => entityId),
];

async function readLinks(services: Services, integrationId: string, needs: readonly Need[]) {
  const { rows } = await services.db.pool.query<Link>(LINKS, [integrationId, ...columns(needs)]);
  const ids: Record<string, string> = {};
  for (const { entity_id: id, external_id: external } of rows) if (external !== null) ids[id] = external;
  const states = new Map(rows.map(({ entity_id: id, state }) => [id, state]));
  return { ids, states, missing: needs.filter(({ entityId }) => ids[entityId] === undefined) };
}

/** Accepts the creation of what was never sent there, once however many wait for it. */
async function sendFirst(services: Services, { id, merchantId }: OpenIntegration, need: Need): Promise<void> {
  const entity: Sendable = { merchantId, ...need };
  await services.db.transaction(async (tx: Tx) => {
    await tx.sql('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`first ${id} ${need.entityId}`]);
    const [known] = await tx.sql<Link>(LINKS, [id, [need.entityType], [need.entityId]]);
    const recipient = !known && (await findRecipients({ services, tx }, entity)).find((one) => one.id === id);
    if (!recipient) return;
    const payload = await snapshotFor(tx, entity, recipient);
    if (!recipient.accepts({ entityType: need.entityType, operation: 'CREATE', snapshot: payload })) return;
    const { maxAttempts } = recipient;
    await services.outbox.enqueue(tx, [{ ...entity, integrationId: id, operation: 'CREATE', payload, maxAttempts }]);
  });
}

async function wait(
  services: Services,
  integrationId: string,
  { syncEventId, entityType, entityId }: Effect,
  missing: readonly Need[],
  states: ReadonlyMap<string, string>,
): Promise<void> {
  const [first] = missing;
  if (!first) return;
  const failed =
    states.get(first.entityId) === 'FAILED' ? ', whose own sync has failed: retry it or skip this one' : '';
  const message = `Waits until the ${kindOf(first.entityType)} ${first.entityId} has its id there${failed}.`;
  await services.db.transaction(async (tx) => {
    await tx.sql(WAIT, [integrationId, ...columns(missing), entityType, entityId]);
    await tx.sql(EXPLAIN, [syncEventId, message]);
  });
}

async function nextLook(services: Services, integrationId: string, { entityType, entityId }: Effect): Promise<number> {
  const { rows } = await services.db.pool.query<{ ms: number }>(WAITED, [integrationId, entityType, entityId]);
  return Math.min(LONGEST_LOOK_MS, Math.max(FIRST_LOOK_MS, Number(rows[0]?.ms ?? 0)));
}
