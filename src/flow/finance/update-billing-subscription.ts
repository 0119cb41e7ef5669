import { z } from 'zod';
import type { Caller } from '../../access/caller.js';
import { HubError } from '../../errors.js';
import type { BillingSubscriptionStatus } from '../../model/statuses.js';
import { type AskedChange, changeOnce } from '../change-once.js';
import { checkInput, idempotencyKey, label, time } from '../check-input.js';
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
 * @throws HubError NOT_FOUND, INVALID_TRANSITION out of CANCELLED, BAD_USER_INPUT
 */
export async function updateBillingSubscription(
  services: Services,
  caller: Caller,
  input: UpdateBillingSubscription,
): Promise<string> {
  const { id: _id, idempotencyKey: _key, ...fields } = checkInput(updateBillingSubscriptionSchema, input);
  return write(services, caller, { operation: 'updateBillingSubscription', input }, fields);
}

/** Ends a subscription now, or lets it end with its period; answers its id. Fails as `updateBillingSubscription` does. */
export async function cancelBillingSubscription(
  services: Services,
  caller: Caller,
  input: CancelBillingSubscription,
): Promise<string> {
  const { atPeriodEnd, cancelledAt } = checkInput(cancelBillingSubscriptionSchema, input);
  const fields: SubscriptionFields = atPeriodEnd ? { cancelAtPeriodEnd: true } : { status: 'CANCELLED', cancelledAt };
  return write(services, caller, { operation: 'cancelBillingSubscription', input }, fields);
}

function write(
  services: Services,
  caller: Caller,
  { operation, input }: Omit<AskedChange, 'entityType'>,
  fields: SubscriptionFields,
): Promise<string> {
  const asked = { entityType: 'BILLING_SUBSCRIPTION', operation, input } as const;
  return changeOnce<BillingSubscriptionStatus>(
    services,
    caller,
    asked,
    async (work, { merchantId, entityId, status }) => {
      if (status === 'CANCELLED' && fields.status !== 'CANCELLED') throw alreadyOver(entityId);
      return writeSubscription(work, { merchantId, id: entityId }, fields);
    },
  );
}

function alreadyOver(id: string): HubError {
  const message = `The subscription ${id} is CANCELLED, which is final: record a new one under a reference of its own.`;
  return new HubError('INVALID_TRANSITION', message, { path: ['status'] });
}
