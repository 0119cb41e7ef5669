import { defineEntity, p } from '@mikro-orm/core';
import { TransactionStatus, TransactionType } from '../../model/statuses.js';
import { Customer } from './customer.js';
import { Order } from './order.js';

/** A movement of money: a payment, a refund, an adjustment. The amount is never below zero. */
export const Transaction = defineEntity({
  name: 'Transaction',
  tableName: 'transactions',
  properties: {
    id: p.text().primary(),
    merchantId: p.text(),
    /** Its id where it happened; unique per merchant. */
    reference: p.text(),
    type: p.enum(() => TransactionType).columnType('text'),
    status: p.enum(() => TransactionStatus).columnType('text'),
    amount: p.decimal().columnType('numeric'),
    currency: p.text(),
    /** How much of a payment has been given back, in its currency; null: nothing, or as its status says. */
    refunded: p.decimal().columnType('numeric').nullable(),
    description: p.text().nullable(),
    customer: () => p.manyToOne(Customer).nullable(),
    order: () => p.manyToOne(Order).nullable(),
    occurredAt: p.datetime(),
    /** When its source last said what it is; older news is ignored. */
    sourceAt: p.datetime().nullable(),
    createdAt: p.datetime().defaultRaw('now()'),
    updatedAt: p.datetime().defaultRaw('now()'),
  },
});
