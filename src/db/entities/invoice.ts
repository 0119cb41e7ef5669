import { defineEntity, p } from '@mikro-orm/core';
import { InvoiceStatus } from '../../model/statuses.js';
import { Order } from './order.js';

export const Invoice = defineEntity({
  name: 'Invoice',
  tableName: 'invoices',
  properties: {
    id: p.text().primary(),
    merchantId: p.text(),
    order: () => p.manyToOne(Order).nullable(),
    number: p.text(),
    status: p.enum(() => InvoiceStatus).columnType('text'),
    currency: p.text(),
    subtotal: p.decimal().columnType('numeric'),
    tax: p.decimal().columnType('numeric'),
    total: p.decimal().columnType('numeric'),
    paidAmount: p.decimal().columnType('numeric').defaultRaw('0'),
    issuedAt: p.datetime(),
    dueAt: p.datetime().nullable(),
    paidAt: p.datetime().nullable(),
    notes: p.text().nullable(),
    createdAt: p.datetime().defaultRaw('now()'),
    updatedAt: p.datetime().defaultRaw('now()'),
  },
});
