import { defineEntity, p } from '@mikro-orm/core';
import { BillingInterval, BillingSubscriptionStatus } from '../../model/statuses.js';
import { Customer } from './customer.js';

/** A subscription that a customer pays for. */
export const BillingSubscription = defineEntity({
  name: 'BillingSubscription',
  tableName: 'billing_subscriptions',
  properties: {
    id: p.text().primary(),
    merchantId: p.text(),
    /** Its id where it was made; unique per merchant. */
    reference: p.text(),
    plan: p.text(),
    status: p.enum(() => BillingSubscriptionStatus).columnType('text'),
    /** What one interval costs. */
    amount: p.decimal().columnType('numeric'),
    currency: p.text(),
    interval: p
      .enum(() => BillingInterval)
      .columnType('text')
      .fieldName('billing_interval'),
    customer: () => p.manyToOne(Customer).nullable(),
    startedAt: p.datetime(),
    currentPeriodStart: p.datetime().nullable(),
    currentPeriodEnd: p.datetime().nullable(),
    cancelAtPeriodEnd: p.boolean().default(false),
    cancelledAt: p.datetime().nullable(),
    /** When its source last said what it is; older news is ignored. */
    sourceAt: p.datetime().nullable(),
    createdAt: p.datetime().defaultRaw('now()'),
    updatedAt: p.datetime().defaultRaw('now()'),
  },
});
