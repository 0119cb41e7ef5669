import type { Caller } from '../../access/caller.js';
import { HubError } from '../../errors.js';
import type { ReplayedEvent } from '../../inbox/apply-waiting.js';
import type { EntityType, WebhookStatus } from '../../model/statuses.js';
import { auditDone } from '../access/audit-done.js';
import type { Services } from '../services.js';
import { receiverOf } from './choose-webhook-integration.js';
import { mapInbound } from './map-inbound.js';
import { hasStrictMapping, takeInbound } from './receive-event.js';

/** Which webhook events; what is left out or null means any. */
export interface WebhookEventSelection {
  status?: WebhookStatus[] | null;
  integrationId?: string | null;
  eventType?: string | null;
  entityType?: EntityType | null;
  entityId?: string | null;
  externalId?: string | null;
  errorCode?: string | null;
  createdFrom?: string | null;
  createdTo?: string | null;
}

interface KeptEvent {
  id: string;
  integration_id: string;
  raw_body: Buffer;
  created_at: string;
  headers: string;
}

const PAGE = 500;

const SELECT_PAGE = `
select id, integration_id, raw_body, headers, created_at::text from webhook_events
where status <> 'PROCESSED' and id > $1
  and ($2::text is null or merchant_id = $2) and ($3::text[] is null or status = any ($3))
  and ($4::text is null or integration_id = $4) and ($5::text is null or event_type = $5)
  and ($6::text is null or entity_type = $6) and ($7::text is null or entity_id = $7)
  and ($8::text is null or external_id = $8) and ($9::text is null or error_code = $9)
  and ($10::timestamptz is null or created_at >= $10) and ($11::timestamptz is null or created_at <= $11)
order by id limit ${PAGE}`;

/**
 * Reads kept webhook events anew, by the mappings of today, and applies what can be applied now; those that are PROCESSED
 * stay as they are. Answers how many came out otherwise than before.
 * @throws HubError DATABASE_UNAVAILABLE
 */
export async function replayWebhookEvents(
  services: Services,
  caller: Caller,
  selection: WebhookEventSelection,
): Promise<number> {
  const affected = await replayAll(services, caller, selection);
  const { integrationId } = selection;
  const details = { filter: selection, affected };
  await services.db.transaction((tx) =>
    auditDone(tx, caller, { action: 'webhook_event.replay', merchantId: caller.merchantId, integrationId, details }),
  );
  return affected;
}

async function replayAll(services: Services, caller: Caller, selection: WebhookEventSelection): Promise<number> {
  let affected = 0;
  let after = '';
  for (;;) {
    const page = await selectPage(services, caller, selection, after);
    affected += await services.inbox.replay(await readAnew(services, page));
    const last = page.at(-1);
    if (!last || page.length < PAGE) return affected;
    after = last.id;
  }
}

async function selectPage({ db }: Services, caller: Caller, selection: WebhookEventSelection, after: string) {
  const { status, integrationId, eventType, entityType, entityId, externalId, errorCode, createdFrom, createdTo } =
    selection;
  const filters = [
    status,
    integrationId,
    eventType,
    entityType,
    entityId,
    externalId,
    errorCode,
    createdFrom,
    createdTo,
  ];
  const values = [after, caller.merchantId, ...filters.map((value) => value ?? null)];
  return (await db.pool.query<KeptEvent>(SELECT_PAGE, values)).rows;
}

async function readAnew(services: Services, page: KeptEvent[]): Promise<ReplayedEvent[]> {
  const events = await Promise.all(page.map((kept) => readOne(services, kept)));
  return events.filter((event) => event !== null);
}

/** Null: the integration is gone, or its connector no longer reads these bytes; the event stays as it is. */
async function readOne(services: Services, kept: KeptEvent): Promise<ReplayedEvent | null> {
  try {
    const integration = await services.integrations.byId(kept.integration_id);
    const request = { headers: JSON.parse(kept.headers) as Record<string, string>, rawBody: kept.raw_body };
    const receivedAt = new Date(kept.created_at);
    const event = receiverOf(integration, request).parse({ ...request, receivedAt }, integration.settings);
    const mapped = await mapInbound(integration, event);
    return {
      webhookEventId: kept.id,
      ...mapped,
      event: mapped.failure ? mapped.event : await takeInbound(services, integration, mapped.event),
      strictMapping: hasStrictMapping(integration),
    };
  } catch (error) {
    if (error instanceof HubError) return null;
    throw error;
  }
}
