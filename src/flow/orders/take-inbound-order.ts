import type { InboundEvent } from '../../connectors/connector.js';
import type { InboundOrder } from '../../connectors/pull.js';
import { HubError } from '../../errors.js';
import type { OrderStatus } from '../../model/statuses.js';
import { checkInput } from '../check-input.js';
import type { OpenIntegration } from '../integrations/open-integration.js';
import type { Services } from '../services.js';
import { sendToAll } from '../sync/send.js';
import { uniquely } from '../uniquely.js';
import { applyEarlyEvents } from '../webhooks/apply-early-events.js';
import type { HubWork } from '../work.js';
import { createOrderSchema, insertOrder } from './create-order.js';

/** `$1` merchant, `$2` integration, `$3` the sender's id, `$4` the hub's id, `$5` number. */
const IS_KNOWN = `
select 1 from links where integration_id = $2 and entity_type = 'ORDER' and external_id = $3
union all
select 1 from orders where merchant_id = $1 and (id = $4 or number = $5)
limit 1`;

const LINK = `
insert into links (merchant_id, integration_id, entity_type, entity_id, external_id, external_number, state, synced_at)
values ($1, $2, 'ORDER', $3, $4, $5, 'SYNCED', now())`;

/**
 * Makes the order that an event tells of, unless the hub knows it, and accepts its creation in the merchant's other
 * integrations. The event itself is left to the inbox. Repeating it has no further effect.
 * @throws HubError INVALID_SHAPE when the order cannot be taken as it is
 */
export async function takeInboundOrder(
  services: Services,
  integration: OpenIntegration,
  event: InboundEvent,
): Promise<void> {
  const { order, reference } = event;
  if (!order) return;
  const { externalId, entityId } = reference;
  const known = [integration.merchantId, integration.id, externalId, entityId, order.number];
  if ((await services.db.pool.query(IS_KNOWN, known)).rows.length > 0) return;
  const input = check(order, event.status as OrderStatus | null);
  try {
    await uniquely('orders_merchant_id_number_key', '', [], () =>
      services.db.transaction((tx) => take({ services, tx }, integration, input, externalId)),
    );
  } catch (error) {
    // Another event has made it meanwhile.
    if (!(error instanceof HubError) || error.code !== 'ALREADY_EXISTS') throw error;
  }
}

function check(order: InboundOrder, status: OrderStatus | null) {
  try {
    return checkInput(createOrderSchema, { ...order, status });
  } catch (error) {
    if (!(error instanceof HubError)) throw error;
    throw new HubError('INVALID_SHAPE', `The order cannot be taken. ${error.message}`, { path: error.inputPath });
  }
}

async function take(
  work: HubWork,
  { id: integrationId, merchantId }: OpenIntegration,
  order: ReturnType<typeof check>,
  externalId: string | null,
): Promise<void> {
  const { services, tx } = work;
  const { id, status } = await insertOrder(work, merchantId, order);
  const entity = { merchantId, entityType: 'ORDER', entityId: id } as const;
  await tx.sql(LINK, [merchantId, integrationId, id, externalId, order.number]);
  await sendToAll(work, entity, 'CREATE', integrationId);
  const data = { number: order.number, newStatus: status, externalId };
  await services.feed.publish(tx, [{ kind: 'order.created', ...entity, integrationId, data }]);
  tx.afterCommit(() => void applyEarlyEvents(services, entity, order.number));
}
