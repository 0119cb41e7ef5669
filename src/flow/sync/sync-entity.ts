import { z } from 'zod';
import type { Caller } from '../../access/caller.js';
import { HubError } from '../../errors.js';
import { auditDone } from '../access/audit-done.js';
import { checkInput, idempotencyKey, label } from '../check-input.js';
import { requireEnabled } from '../integrations/require-enabled.js';
import { kindOf, lockEntity } from '../lock-entity.js';
import { once } from '../once.js';
import type { Sendable } from '../sendable.js';
import type { Services } from '../services.js';
import type { HubWork, Work } from '../work.js';
import { findRecipients, type Recipient } from './find-recipients.js';
import { snapshotFor, wasSent } from './send.js';
import { SYNC_MUTATION } from './sync-mutation.js';

const syncEntitySchema = z.object({
  id: label(),
  integrationId: label().nullish(),
  force: z.boolean().nullish(),
  idempotencyKey,
});
export type SyncEntity = z.infer<typeof syncEntitySchema>;

/**
 * What the link last accepted to be sent: its sync event, if that still says the same and is not dead or skipped. `$5`: nobody has
 * asked for it, so that what goes round in circles stays where it is.
 */
const IN_STEP = `select id::text from (
  select id, status, error_code, payload from sync_events
  where integration_id = $1 and entity_type = $2 and entity_id = $3 and direction = 'OUTBOUND'
  order by id desc limit 1) newest
where (status in ('PENDING', 'IN_PROGRESS', 'RETRYING', 'SUCCESS') or $5 and error_code in ('ALREADY_SENT', 'SYNC_LOOP'))
  and payload = $4::jsonb`;

const IS_KNOWN = `select 1 from links
where integration_id = $1 and entity_type = $2 and entity_id = $3 and external_id is not null`;

/**
 * Sends an entity as it is now, to the named integration or to all that take it; answers the id of the sync event, of several
 * the first by the integrations' ids. What all the mutations that sync one entity do.
 */
export async function syncEntity(
  services: Services,
  caller: Caller,
  entityType: Sendable['entityType'],
  input: SyncEntity,
): Promise<string> {
  const wanted = checkInput(syncEntitySchema, input);
  return services.db.transaction(async (tx) => {
    const entity = await lockEntity(tx, caller, entityType, wanted.id);
    const recipients = await chooseRecipients({ services, tx }, entity, wanted.integrationId);
    const request = {
      merchantId: entity.merchantId,
      // Idempotency keys belong to the mutation that was asked.
      operation: SYNC_MUTATION[entityType],
      key: wanted.idempotencyKey,
      input: wanted,
    };
    return once(tx, request, () => syncWith({ services, tx, caller }, entity, recipients, wanted));
  });
}

/** Answers the first of the sync events. */
async function syncWith(
  work: Work,
  entity: Sendable,
  recipients: [Recipient, ...Recipient[]],
  wanted: SyncEntity,
): Promise<string> {
  const ids: string[] = [];
  // One after the other: a transaction is one connection.
  for (const recipient of recipients) {
    const id = await syncNow(work, entity, recipient, wanted);
    if (id !== null) ids.push(id);
  }
  const [first] = ids;
  if (first !== undefined) return first;
  throw notAccepted(recipients[0], entity.entityType);
}

/** Answers null where the integration does not take the entity as it is now. */
async function syncNow(
  { services, tx, caller }: Work,
  { merchantId, entityType, entityId }: Sendable,
  recipient: Recipient,
  wanted: SyncEntity,
): Promise<string | null> {
  const entity = { merchantId, entityType, entityId };
  const link = [recipient.id, entityType, entityId];
  const lane = { integrationId: recipient.id, entityType, entityId };
  await services.outbox.hurry(tx, lane);
  const payload = await snapshotFor(tx, entity, recipient);
  // A key of the caller's names an effect of its own, so it is never answered by an event that has another key.
  if (!wanted.force && wanted.idempotencyKey == null) {
    const [inStep] = await tx.sql<{ id: string }>(IN_STEP, [...link, JSON.stringify(payload), caller.via === 'hub']);
    if (inStep) return inStep.id;
  }
  const operation = (await tx.sql(IS_KNOWN, link)).length > 0 ? 'UPDATE' : 'CREATE';
  if (!recipient.accepts({ entityType, operation, snapshot: payload })) return null;
  await services.outbox.supersede(tx, lane);
  const event = {
    ...entity,
    integrationId: recipient.id,
    operation,
    payload,
    maxAttempts: recipient.maxAttempts,
    idempotencyKey: wanted.idempotencyKey ?? undefined,
  } as const;
  const [id = ''] = await services.outbox.enqueue(tx, [event]);
  const details = { syncEventId: id, force: wanted.force ?? false };
  await auditDone(tx, caller, {
    action: `${entityType.toLowerCase()}.sync`,
    ...entity,
    integrationId: recipient.id,
    details,
  });
  return id;
}

function notAccepted({ id, connector }: Recipient, entityType: Sendable['entityType']): HubError {
  const kind = kindOf(entityType);
  const message = `${connector.title} (${id}) does not take this ${kind} as it is now: see what it accepts in its settings.`;
  return new HubError('INVALID_STATE', message, { path: ['integrationId'] });
}

/** The one that is named; else all that take it by themselves, and of those that wait for a person whichever it was sent to. */
async function chooseRecipients(
  work: HubWork,
  entity: Sendable,
  named: string | null | undefined,
): Promise<[Recipient, ...Recipient[]]> {
  const { services, tx } = work;
  const recipients = await findRecipients(work, entity);
  if (named != null) return [recipients.find(({ id }) => id === named) ?? (await refuse(services, entity, named))];
  const chosen: Recipient[] = [];
  for (const recipient of recipients) {
    const isHeld = entity.entityType === 'ORDER' && recipient.connector.holdInvoicedOrders !== undefined;
    if (!isHeld || recipients.length === 1 || (await wasSent(tx, entity, recipient.id))) chosen.push(recipient);
  }
  const [first, ...others] = chosen;
  if (first) return [first, ...others];
  const kind = kindOf(entity.entityType);
  const message =
    recipients.length > 0
      ? `Give the integrationId: this ${kind} is sent to ${recipients.map(({ id }) => id).join(' or ')} once it is invoiced.`
      : `No enabled integration of the merchant takes this ${kind}: create or enable one.`;
  throw new HubError(recipients.length > 0 ? 'BAD_USER_INPUT' : 'INVALID_STATE', message, { path: ['integrationId'] });
}

/** Says why the named integration is not among those that take the entity. */
async function refuse(services: Services, { merchantId, entityType }: Sendable, id: string): Promise<never> {
  const path = ['integrationId'];
  const integration = await services.integrations.find(id);
  if (integration?.merchantId !== merchantId)
    throw new HubError('NOT_FOUND', `There is no integration ${id}.`, { path });
  requireEnabled(integration, path);
  const kind = kindOf(entityType);
  throw new HubError('UNSUPPORTED', `Nothing of the kind ${kind} is sent to ${integration.connector}.`, { path });
}
