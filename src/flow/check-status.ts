import { HubError } from '../errors.js';
import type { EntityType } from '../model/statuses.js';
import { OPEN_INVOICE_STATUSES, OPEN_ORDER_STATUSES } from '../model/transitions.js';
import type { OpenIntegration } from './integrations.js';
import { measured } from './measured.js';
import { createPace } from './pace.js';
import { receiveEvent } from './receive-event.js';
import type { Services } from './services.js';

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

const PAGE = 100;

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
    for (const entity of rows) {
      if (signal?.aborted) return result;
      await pause();
      await ask(services, integration, entityType, entity, result);
    }
    const last = rows.at(-1);
    if (!last || rows.length < PAGE) return result;
    after = last.link_id;
  }
}

async function ask(
  services: Services,
  integration: OpenIntegration,
  entityType: EntityType,
  entity: OpenEntity,
  result: StatusCheck,
): Promise<void> {
  const event = await integration.connection.readStatus?.(entityType, entity.external_id);
  result.asked += 1;
  if (!event) {
    result.missing += 1;
  } else if (event.status !== entity.status) {
    result.changed += 1;
    const rawBody = Buffer.from(JSON.stringify(event.payload));
    await receiveEvent(services, integration, { event, rawBody, headers: {} });
  }
}
