import { hubCaller } from '../../access/caller.js';
import type { ToldRecord } from '../../connectors/told-record.js';
import { recordBillingSubscriptionIn } from '../finance/record-billing-subscription.js';
import { recordTransactionIn } from '../finance/record-transaction.js';
import { integrationOf } from './integration-of.js';
import type { Reaction } from './reaction.js';

/** An event counts as told also where its order is not known yet, or is past what the event would make of it. */
const TOLD = [null, undefined, 'UNKNOWN_ENTITY', 'OUT_OF_DATE'];

/**
 * The order is the one that the inbox found; a customer whom the event names comes before the order's. What bears a time that
 * lies far ahead is as of its receipt.
 */
const READ = `
select (w.event -> 'record' || case when w.dated_at is null then '{}' else jsonb_build_object('asOf', w.occurred_at) end)::text as record, o.id as order_id, coalesce((
  select c.id from jsonb_array_elements_text(w.event -> 'record' -> 'customers') with ordinality as k (name, n)
  join customers c on c.merchant_id = w.merchant_id and (c.id = k.name or c.reference = k.name)
  order by k.n limit 1), o.customer_id) as customer_id
from webhook_events w
left join orders o on w.entity_type = 'ORDER' and o.id = w.entity_id and o.merchant_id = w.merchant_id
where w.id = $1`;

interface Row {
  record: string | null;
  order_id: string | null;
  customer_id: string | null;
}

/** Records the transaction or the subscription that a stored event tells of, and sends it to the systems that take such. */
export const recordTold: Reaction = {
  name: 'record-told',
  async concerns(services, change) {
    const { kind, data } = change;
    if (kind !== 'webhook_event.status_changed' || !TOLD.includes(data['errorCode'] as string | null)) return false;
    const teller = await integrationOf(services, change);
    return teller?.connector.records?.includes(data['eventType'] as string) ?? false;
  },
  async react(work, { merchantId, integrationId, data }) {
    const [row] = await work.tx.sql<Row>(READ, [data['webhookEventId']]);
    if (!row?.record || integrationId === null) return;
    const told = JSON.parse(row.record) as ToldRecord;
    const origin = { integrationId, externalId: told.reference };
    const concerned = { merchantId, customerId: row.customer_id };
    const byHub = { ...work, caller: hubCaller(merchantId) };
    if (told.entityType === 'TRANSACTION') {
      const transaction = { ...told, ...concerned, orderId: row.order_id };
      await recordTransactionIn(byHub, transaction, origin);
    } else await recordBillingSubscriptionIn(byHub, { ...told, ...concerned }, origin);
  },
};
