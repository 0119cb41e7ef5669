import type { InboundEvent } from '../../connectors/connector.js';
import { HubError } from '../../errors.js';
import type { EntityType } from '../../model/statuses.js';
import { OPEN_INVOICE_STATUSES, OPEN_ORDER_STATUSES } from '../../model/transitions.js';
import type { OpenIntegration } from '../integrations/integrations.js';
import { measured } from '../jobs/measured.js';
import type { Services } from '../services.js';
import { receiveEvent } from '../webhooks/receive-event.js';
import { createPace } from './pace.js';

/** What a status check came to. */
export interface StatusCheck {
  /** Entities asked for. */
  asked: number;
  /** Answers that differed from what the hub knew and went to the inbox. */
  changed: number;
  /** Entities that the upstream does not have any more. */
  missing: number;
}

interface OpenEntity {
  link_id: string;
  external_id: string;
  status: string;
}

/** As many as one question may name, so that each page is one turn of the pace. */
const PAGE = 50;

const openOf = (table: 'orders' | 'invoices') => `select k.id::text link_id, k.external_id, e.status
from links k join ${table} e on e.id = k.entity_id
where k.integration_id = $1 and k.entity_type = $2 and k.external_id is not null and e.status = any($3) and k.id > $4
order by k.id limit ${PAGE}`;

const OPEN = {
  ORDER: { statement: openOf('orders'), statuses: OPEN_ORDER_STATUSES },
  INVOICE: { statement: openOf('invoices'), statuses: OPEN_INVOICE_STATUSES },
};

/** Whether the hub can ask the integration's system for the state of its entities of this kind. */
export function canBeRead(integration: OpenIntegration, entityType: EntityType): entityType is 'ORDER' | 'INVOICE' {
  const known = entityType === 'ORDER' || entityType === 'INVOICE';
  return known && integration.connection.readStatus !== undefined && integration.connector.sends.includes(entityType);
}

/** Whether its orders are asked for every few minutes: it tells nothing by itself, and answers for many at once. */
export function isFollowed({ connection, connector }: OpenIntegration): boolean {
  return connection.readStatuses !== undefined && connector.webhooks === undefined;
}

/**
 * Asks the integration's system for the state of everything that is not final yet, page by page, not faster than half
 * of the integration's rate, and hands what differs to the inbox: one way in for webhooks and checks alike.
 * `signal` ends it between two questions.
 * @throws HubError UNSUPPORTED, or what the upstream fails with
 */
export async function checkStatus(
  services: Services,
  integration: OpenIntegration,
  entityType: EntityType,
  signal?: AbortSignal,
): Promise<StatusCheck> {
  if (!canBeRead(integration, entityType)) {
    throw new HubError(
      'UNSUPPORTED',
      `${integration.connector.title} cannot be asked for ${entityType.toLowerCase()}s.`,
    );
  }
  const run = { integrationId: integration.id, name: 'check-status' };
  const counts = ({ asked, changed }: StatusCheck) => ({ polled: asked, changed });
  return measured(services, run, () => askForAll(services, integration, entityType, signal), counts);
}

async function askForAll(
  services: Services,
  integration: OpenIntegration,
  entityType: 'ORDER' | 'INVOICE',
  signal?: AbortSignal,
): Promise<StatusCheck> {
  const result: StatusCheck = { asked: 0, changed: 0, missing: 0 };
  const pause = createPace(integration.policy.ratePerSecond);
  const { statement, statuses } = OPEN[entityType];
  for (let after = '0'; ; ) {
    const values = [integration.id, entityType, statuses, after];
    const { rows } = await services.db.pool.query<OpenEntity>(statement, values);
    const known = await readMany(integration, entityType, rows, pause);
    for (const entity of rows) {
      if (signal?.aborted) return result;
      const event = known.get(entity.external_id) ?? (await readOne(integration, entityType, entity, pause));
      result.asked += 1;
      if (!event) result.missing += 1;
      else if (await takeNews(services, integration, entity, event)) result.changed += 1;
    }
    const last = rows.at(-1);
    if (!last || rows.length < PAGE) return result;
    after = last.link_id;
  }
}

type Pause = () => Promise<void>;

/** As many at once as the upstream allows; what is missing is asked for one by one. */
async function readMany(
  { connection }: OpenIntegration,
  entityType: EntityType,
  entities: readonly OpenEntity[],
  pause: Pause,
): Promise<Map<string, InboundEvent>> {
  if (!connection.readStatuses || entities.length === 0) return new Map();
  await pause();
  const ids = entities.map(({ external_id }) => external_id);
  return connection.readStatuses(entityType, ids);
}

async function readOne({ connection }: OpenIntegration, entityType: EntityType, entity: OpenEntity, pause: Pause) {
  await pause();
  return (await connection.readStatus?.(entityType, entity.external_id)) ?? null;
}

/** Whether it differs from what the hub has. */
async function takeNews(
  services: Services,
  integration: OpenIntegration,
  entity: OpenEntity,
  event: InboundEvent,
): Promise<boolean> {
  if (event.status === entity.status) return false;
  const rawBody = Buffer.from(JSON.stringify(event.payload));
  await receiveEvent(services, integration, { event, rawBody, headers: {} });
  return true;
}
