import { defineEntity, p } from '@mikro-orm/core';
import { OrderStatus } from '../../model/statuses.js';
import { Address } from './address.js';
import { Customer } from './customer.js';
import { Invoice } from './invoice.js';
import { Payout } from './payout.js';

/** Exact decimal amounts in the order's currency. */
export const OrderTotals = defineEntity({
  name: 'OrderTotals',
  embeddable: true,
  properties: {
    subtotal: p.decimal().columnType('numeric'),
    tax: p.decimal().columnType('numeric'),
    shipping: p.decimal().columnType('numeric'),
    discount: p.decimal().columnType('numeric'),
    grandTotal: p.decimal().columnType('numeric'),
  },
});

export const Order = defineEntity({
  name: 'Order',
  tableName: 'orders',
  properties: {
    id: p.text().primary(),
    merchantId: p.text(),
    number: p.text(),
    status: p.enum(() => OrderStatus).columnType('text'),
    currency: p.text(),
    customer: () => p.manyToOne(Customer).nullable(),
    totals: () => p.embedded(OrderTotals).prefix(false),
    shippingAddress: () => p.embedded(Address).prefix('shipping_').nullable(),
    billingAddress: () => p.embedded(Address).prefix('billing_').nullable(),
    deliveryMethod: p.text().nullable(),
    notes: p.text().nullable(),
    /** What its systems keep with it and the hub has no field for. */
    metadata: p.json<Record<string, unknown>>().nullable(),
    trackingNumbers: p.array().columnType('text[]').defaultRaw(`'{}'`),
    placedAt: p.datetime(),
    createdAt: p.datetime().defaultRaw('now()'),
    updatedAt: p.datetime().defaultRaw('now()'),
    lines: () => p.oneToMany(OrderLine).mappedBy('order').orderBy({ lineNo: 'asc' }),
    invoices: () => p.oneToMany(Invoice).mappedBy('order').orderBy({ issuedAt: 'asc' }),
    payouts: () => p.oneToMany(Payout).mappedBy('order'),
  },
});

export const OrderLine = defineEntity({
  name: 'OrderLine',
  tableName: 'order_lines',
  properties: {
    order: () => p.manyToOne(Order).primary(),
    lineNo: p.integer().primary(),
    merchantId: p.text(),
    sku: p.text(),
    name: p.text().nullable(),
    quantity: p.integer(),
    unitPrice: p.decimal().columnType('numeric'),
    total: p.decimal().columnType('numeric'),
  },
});
