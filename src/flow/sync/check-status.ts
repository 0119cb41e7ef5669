import type { Logger } from 'pino';
import type { InboundEvent } from '../../connectors/connector.js';
import { HubError } from '../../errors.js';
import type { EntityType } from '../../model/statuses.js';
import { OPEN_INVOICE_STATUSES, OPEN_ORDER_STATUSES } from '../../model/transitions.js';
import type { OpenIntegration } from '../integrations/open-integration.js';
import { createPace } from '../pace.js';
import type { Services } from '../services.js';
import { measured } from '../watching/measured.js';
import { type KnownEntity, takeNews } from './take-news.js';
import { concernsAll, logUnread, passOver, toHubError, type UnreadList } from './unread.js';

/** What a status check came to; `failed` and `unread`: what could not be read, while the rest went on. */
export interface StatusCheck extends UnreadList {
  /** Entities asked for. */
  asked: number;
  /** Answers that differed from what the hub knew and were news to the inbox. */
  changed: number;
  /** Entities that the upstream does not have any more. */
  missing: number;
}

/** As many as one question may name, so that each page is one turn of the pace. */
const PAGE = 50;

const knownOf = (
  table: 'orders' | 'invoices',
  details: string,
) => `select k.id::text link_id, k.entity_id, k.external_id,
  k.state as link_state, e.status, ${details}, exists (select from lanes l where l.id = k.id and l.head <> l.tail) has_waiting
from links k join ${table} e on e.id = k.entity_id
where k.integration_id = $1 and k.entity_type = $2 and k.external_id is not null`;

const KNOWN = {
  ORDER: knownOf('orders', 'e.tracking_numbers, null paid_at, null paid_amount'),
  INVOICE: knownOf('invoices', `'{}'::text[] tracking_numbers, e.paid_at, e.paid_amount`),
};
const STATUSES = { ORDER: OPEN_ORDER_STATUSES, INVOICE: OPEN_INVOICE_STATUSES };

/** What the hub knows of one entity that the integration's system has; null: that is not known to have it. */
export async function findKnown(
  { db }: Pick<Services, 'db'>,
  { id }: OpenIntegration,
  entityType: 'ORDER' | 'INVOICE',
  entityId: string,
): Promise<KnownEntity | null> {
  const statement = `${KNOWN[entityType]} and k.entity_id = $3`;
  return (await db.pool.query<KnownEntity>(statement, [id, entityType, entityId])).rows[0] ?? null;
}

/** Whether the hub can ask the integration's system for the state of its entities of this kind. */
export function canBeRead(
  integration: Pick<OpenIntegration, 'connection' | 'connector'>,
  entityType: EntityType,
): entityType is 'ORDER' | 'INVOICE' {
  const known = entityType === 'ORDER' || entityType === 'INVOICE';
  return known && integration.connection.readStatus !== undefined && integration.connector.sends.includes(entityType);
}

/** Whether its orders are asked for every few minutes: it tells nothing by itself, and answers for many at once. */
export function isFollowed({ connection, connector }: OpenIntegration): boolean {
  return connection.readStatuses !== undefined && connector.webhooks === undefined;
}

/** `signal` ends a check between two questions; `log`: where what it passes over is named, default the hub's. */
interface CheckOptions {
  signal?: AbortSignal;
  log?: Logger;
}

/**
 * Asks the integration's system for the state of everything that is not final yet, page by page, not faster than half
 * of the integration's rate, and hands what differs to the inbox: one way in for webhooks and checks alike. An entity
 * that cannot be read is passed over.
 * @throws HubError UNSUPPORTED, or what the upstream fails with where it fails for all
 */
export async function checkStatus(
  services: Services,
  integration: OpenIntegration,
  entityType: EntityType,
  { signal, log = services.log }: CheckOptions = {},
): Promise<StatusCheck> {
  if (!canBeRead(integration, entityType)) {
    throw new HubError(
      'UNSUPPORTED',
      `${integration.connector.title} cannot be asked for ${entityType.toLowerCase()}s.`,
    );
  }
  const run = { integrationId: integration.id, name: 'check-status' };
  const counts = ({ asked, changed, failed }: StatusCheck) => ({ polled: asked, changed, failed });
  const pause = createPace(integration.policy.ratePerSecond);
  const check = { services, integration, entityType, pause, log, signal };
  const result = await measured(services, run, () => askForAll(check), counts);
  logUnread(result, integration, entityType, log);
  return result;
}

interface Check {
  services: Services;
  integration: OpenIntegration;
  entityType: 'ORDER' | 'INVOICE';
  pause(): Promise<void>;
  log: Logger;
  signal?: AbortSignal;
}

async function askForAll(check: Check): Promise<StatusCheck> {
  const { services, integration, entityType, signal } = check;
  const result: StatusCheck = { asked: 0, changed: 0, missing: 0, failed: 0, unread: [] };
  const statement = `${KNOWN[entityType]} and e.status = any($3) and k.id > $4 order by k.id limit ${PAGE}`;
  for (let after = '0'; ; ) {
    const values = [integration.id, entityType, STATUSES[entityType], after];
    const { rows } = await services.db.pool.query<KnownEntity>(statement, values);
    const known = await readMany(check, rows);
    for (const entity of rows) {
      if (signal?.aborted) return result;
      await askForOne(check, entity, known, result);
    }
    const last = rows.at(-1);
    if (!last || rows.length < PAGE) return result;
    after = last.link_id;
  }
}

async function askForOne(
  check: Check,
  entity: KnownEntity,
  known: ReadonlyMap<string, InboundEvent>,
  result: StatusCheck,
): Promise<void> {
  const { services, integration } = check;
  result.asked += 1;
  try {
    const event = known.get(entity.external_id) ?? (await readOne(check, entity));
    if (!event) result.missing += 1;
    else if (await takeNews(services, integration, entity, event)) result.changed += 1;
  } catch (thrown) {
    const error = await unlessOfAll(check, thrown);
    passOver(result, { entityId: entity.entity_id, externalId: entity.external_id }, error);
  }
}

/** @throws HubError what means that every further question fails too */
async function unlessOfAll({ integration, pause, log }: Check, thrown: unknown): Promise<HubError> {
  const error = toHubError(thrown, log);
  await pause();
  if (await concernsAll(integration, error)) throw error;
  return error;
}

/** As many at once as the upstream allows; what is missing, or all if that fails, is asked for one by one. */
async function readMany(check: Check, entities: readonly KnownEntity[]): Promise<Map<string, InboundEvent>> {
  const { integration, entityType, pause, log } = check;
  const { connection, id: integrationId } = integration;
  if (!connection.readStatuses || entities.length === 0) return new Map();
  await pause();
  const ids = entities.map(({ external_id }) => external_id);
  try {
    return await connection.readStatuses(entityType, ids);
  } catch (thrown) {
    const error = await unlessOfAll(check, thrown);
    log.warn({ integrationId, entityType, reason: error.message }, 'states not read at once: asked for one by one');
    return new Map();
  }
}

async function readOne({ integration: { connection }, entityType, pause }: Check, entity: KnownEntity) {
  await pause();
  return (await connection.readStatus?.(entityType, entity.external_id)) ?? null;
}
