import { defineEntity, p } from '@mikro-orm/core';
import { Order } from './order.js';

/** A recipient's part of an order's total; the parts of one order sum to it. */
export const Payout = defineEntity({
  name: 'Payout',
  tableName: 'payouts',
  properties: {
    id: p.text().primary(),
    merchantId: p.text(),
    order: () => p.manyToOne(Order),
    recipient: p.text(),
    share: p.decimal().columnType('numeric'),
    amount: p.decimal().columnType('numeric'),
    currency: p.text(),
    createdAt: p.datetime().defaultRaw('now()'),
    /** When its order was cancelled or refunded. */
    voidedAt: p.datetime().nullable(),
  },
});
