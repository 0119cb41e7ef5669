import type { InboundEvent } from '../../connectors/connector.js';
import { checkInput } from '../check-input.js';
import type { OpenIntegration } from '../integrations/open-integration.js';
import type { Services } from '../services.js';
import { customerSchema, saveCustomer } from './save-customer.js';

/**
 * `$1` merchant, `$2` integration, `$3` the sender's id, `$4` the hub's id, `$5` number, `$6` reference, `$7` e-mail address:
 * the customer that the order has, and one that the merchant knows already by what is told.
 */
const FIND = `
select o.id as order_id, o.customer_id, c.reference,
  coalesce((select k.id from customers k where k.merchant_id = $1 and k.reference = $6),
    (select k.id from customers k where k.merchant_id = $1 and $6::text is null and lower(k.email) = lower($7)
     order by k.created_at, k.id limit 1)) as known_id
from (select) one
left join orders o on o.id = coalesce(
  (select entity_id from links where integration_id = $2 and entity_type = 'ORDER' and external_id = $3),
  (select id from orders where merchant_id = $1 and id = $4),
  (select id from orders where merchant_id = $1 and number = $5))
left join customers c on c.id = o.customer_id`;

interface Found {
  order_id: string | null;
  customer_id: string | null;
  reference: string | null;
  known_id: string | null;
}

/**
 * Finds or makes the customer whom an event tells of an order that has none, or another; answers the event with the hub's id
 * of it. What is told of somebody who is known is left to the inbox, which knows what is newer. Repeating it has no further
 * effect.
 * @throws HubError BAD_USER_INPUT for what no customer can have
 */
export async function takeOrderCustomer(
  services: Services,
  { id: integrationId, merchantId }: OpenIntegration,
  event: InboundEvent,
): Promise<InboundEvent> {
  const { contents, reference: named } = event;
  const told = customerIn(contents);
  if (!told) return event;
  const names = [named.externalId, named.entityId, named.number, told.reference, told.email];
  const { rows } = await services.db.pool.query<Found>(FIND, [
    merchantId,
    integrationId,
    ...names.map((one) => one ?? null),
  ]);
  const [found] = rows;
  if (!found || hasItsCustomer(found, told.reference)) return event;
  // Somebody without a reference or an address could not be found again: only an order that is there has them.
  if (found.order_id === null && !told.reference && !told.email) return event;
  const save = () =>
    services.db.transaction((tx) => saveCustomer({ services, tx }, merchantId, checkInput(customerSchema, told)));
  return { ...event, contents: { ...contents, 'customer.id': found.known_id ?? (await save()) } };
}

function customerIn(contents: InboundEvent['contents']): Record<string, string> | null {
  const told = Object.entries(contents ?? {}).filter(([path]) => path.startsWith('customer.'));
  if (told.length === 0) return null;
  return Object.fromEntries(told.map(([path, value]) => [path.slice('customer.'.length), String(value)]));
}

/** One without a reference is given that which is told, unless it is somebody else's. */
function hasItsCustomer({ customer_id: id, reference, known_id: known }: Found, told: string | undefined): boolean {
  if (id === null) return false;
  if (told === undefined || told === reference) return true;
  return reference === null && known === null;
}
