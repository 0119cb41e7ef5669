import { z } from 'zod';
import { type Caller, requireRole } from '../../access/caller.js';
import { HubError } from '../../errors.js';
import type { BillingSubscriptionStatus } from '../../model/statuses.js';
import { checkInput, idempotencyKey, label, time } from '../check-input.js';
import { lockEntity } from '../lock-entity.js';
import { once } from '../once.js';
import type { Services } from '../services.js';
import { subscriptionFields } from './record-billing-subscription.js';
import { type SubscriptionFields, writeSubscription } from './write-billing-subscription.js';

const updateBillingSubscriptionSchema = z.object({ ...subscriptionFields, id: label(), idempotencyKey });
export type UpdateBillingSubscription = z.infer<typeof updateBillingSubscriptionSchema>;

const cancelBillingSubscriptionSchema = z.object({
  id: label(),
  atPeriodEnd: z.boolean().nullish(),
  cancelledAt: time.nullish(),
  idempotencyKey,
});
export type CancelBillingSubscription = z.infer<typeof cancelBillingSubscriptionSchema>;

/**
 * Changes what is given of a subscription and sends it to every integration that takes subscriptions; answers its id.
 * @throws HubError NOT_FOUND, INVALID_TRANSITION out of CANCELLED, BAD_USER_INPUT, FORBIDDEN
 */
export async function updateBillingSubscription(
  services: Services,
  caller: Caller,
  input: UpdateBillingSubscription,
): Promise<string> {
  requireRole(caller, 'operator');
  const { id, idempotencyKey: key, ...fields } = checkInput(updateBillingSubscriptionSchema, input);
  return write(services, caller, id, { operation: 'updateBillingSubscription', key, input }, fields);
}

/** Ends a subscription now, or lets it end with its period; answers its id. Fails as `updateBillingSubscription` does. */
export async function cancelBillingSubscription(
  services: Services,
  caller: Caller,
  input: CancelBillingSubscription,
): Promise<string> {
  requireRole(caller, 'operator');
  const { id, atPeriodEnd, cancelledAt, idempotencyKey: key } = checkInput(cancelBillingSubscriptionSchema, input);
  const fields: SubscriptionFields = atPeriodEnd ? { cancelAtPeriodEnd: true } : { status: 'CANCELLED', cancelledAt };
  return write(services, caller, id, { operation: 'cancelBillingSubscription', key, input }, fields);
}

function write(
  services: Services,
  caller: Caller,
  id: string,
  asked: { operation: string; key: string | null | undefined; input: unknown },
  fields: SubscriptionFields,
): Promise<string> {
  return services.db.transaction(async (tx) => {
    const { merchantId, status } = await lockEntity<BillingSubscriptionStatus>(tx, caller, 'BILLING_SUBSCRIPTION', id);
    return once(tx, { merchantId, ...asked }, () => {
      if (status === 'CANCELLED' && fields.status !== 'CANCELLED') throw alreadyOver(id);
      return writeSubscription(services, tx, caller, { merchantId, id }, fields);
    });
  });
}

function alreadyOver(id: string): HubError {
  const message = `The subscription ${id} is CANCELLED, which is final: record a new one under a reference of its own.`;
  return new HubError('INVALID_TRANSITION', message, { path: ['status'] });
}
