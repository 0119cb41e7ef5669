import { createHash } from 'node:crypto';
import type { InboundEvent } from '../../connectors/connector.js';
import { isSameAmount } from '../../model/money.js';
import type { OpenIntegration } from '../integrations/open-integration.js';
import type { Services } from '../services.js';
import { keepKnown } from '../webhooks/keep-known.js';
import { mapInbound } from '../webhooks/map-inbound.js';
import { receiveEvent } from '../webhooks/receive-event.js';
import { findToldOtherwise, saidOf } from './told-otherwise.js';

/** What the hub knows of an entity that a system is asked for. */
export interface KnownEntity {
  link_id: string;
  entity_id: string;
  external_id: string;
  link_state: string;
  status: string;
  tracking_numbers: string[];
  /** PostgreSQL's text; null: not paid. */
  paid_at: string | null;
  /** Exact decimal text; null: of what is not paid. */
  paid_amount: string | null;
  /** Something of the hub's own waits to be sent there: what the system tells meanwhile of the same status is older. */
  has_waiting: boolean;
}

/**
 * Hands an answer to the inbox if it would change what the hub knows; answers whether it was news there. What the hub
 * cannot use (a status without a mapping, rules that fail, totals that are paid out) is kept by the inbox once, and not once
 * for each question.
 * @throws HubError what `receiveEvent` throws
 */
export async function takeNews(
  services: Services,
  integration: OpenIntegration,
  entity: KnownEntity,
  told: InboundEvent,
): Promise<boolean> {
  const { event: read, failure } = await mapInbound(integration, told);
  const mapped = await keepKnown(services, integration, read, entity.entity_id);
  const { undated, ...dated } = told;
  const isUseless = failure !== null || (mapped.status === null && mapped.sourceStatus !== null);
  const isFact = isUseless || isNews(entity, mapped);
  const otherwise =
    isFact || entity.has_waiting ? null : await findToldOtherwise(services, integration, entity.entity_id, mapped);
  if (!isFact && otherwise === null) return false;
  const ownId = undated && otherwise ? foundId(told, otherwise) : `${told.eventId}${contentsOf(told, mapped)}`;
  const event = { ...dated, eventId: isUseless ? uselessId(told) : ownId };
  const rawBody = Buffer.from(JSON.stringify(event.payload));
  const { duplicate } = await receiveEvent(services, integration, { event, rawBody, headers: {} });
  return !duplicate;
}

/** Whether it says anything of what the inbox writes that the hub does not have. */
function isNews(entity: KnownEntity, event: InboundEvent): boolean {
  if (event.status !== null && event.status !== entity.status) return mayFollow(entity, event);
  if (entity.has_waiting) return false;
  const { trackingNumbers = [], paidAt, paidAmount } = event;
  return (
    trackingNumbers.some((number) => !entity.tracking_numbers.includes(number)) ||
    (paidAt != null && instantOf(paidAt) !== instantOf(entity.paid_at)) ||
    (paidAmount != null && isOther(paidAmount, entity.paid_amount))
  );
}

/** Whether the inbox would take the status now; what only repeats what was sent counts while nothing else is to be sent. */
function mayFollow({ status, link_state: state, has_waiting: waits }: KnownEntity, { onlyFrom, echo }: InboundEvent) {
  if (echo && (waits || state !== 'SYNCED')) return false;
  return onlyFrom === undefined || onlyFrom.some((one) => one === status);
}

const instantOf = (at: string | null) => (at === null ? null : Date.parse(at));

const isOther = (amount: string, known: string | null) => known === null || !isSameAmount(amount, known);

/** Some systems leave their time as it was when only a number or a part payment is added. */
function contentsOf({ trackingNumbers, paidAt, paidAmount }: InboundEvent, mapped: InboundEvent): string {
  const said = saidOf(mapped);
  const contents = [trackingNumbers, paidAt, paidAmount, ...(said.length > 0 ? [said] : [])];
  return contents.every((one) => one == null) ? '' : `:${digest(contents)}`;
}

function uselessId({ entityType, reference, sourceStatus, trackingNumbers, paidAt, paidAmount }: InboundEvent): string {
  const contents = [sourceStatus, trackingNumbers, paidAt, paidAmount];
  return `poll:${entityType}:${reference.externalId}:unused:${digest(contents)}`;
}

/** Of a system that tells no time the finding itself is the event: what had no effect would otherwise be news each time. */
const foundId = ({ entityType, reference }: InboundEvent, found: unknown[]) =>
  `poll:${entityType}:${reference.externalId}:found:${digest(found)}`;

const digest = (contents: unknown) =>
  createHash('sha256').update(JSON.stringify(contents)).digest('base64url').slice(0, 16);
