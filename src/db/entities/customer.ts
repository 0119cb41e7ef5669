import { defineEntity, p } from '@mikro-orm/core';
import { Address } from './address.js';

export const Customer = defineEntity({
  name: 'Customer',
  tableName: 'customers',
  properties: {
    id: p.text().primary(),
    merchantId: p.text(),
    /** The merchant's own id of the customer; unique per merchant. */
    reference: p.text().nullable(),
    name: p.text().nullable(),
    email: p.text().nullable(),
    phone: p.text().nullable(),
    address: () => p.embedded(Address).prefix('address_').nullable(),
    createdAt: p.datetime().defaultRaw('now()'),
    updatedAt: p.datetime().defaultRaw('now()'),
  },
});
