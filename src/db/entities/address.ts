import { defineEntity, p } from '@mikro-orm/core';

/** Columns with a prefix in the owning table; absent when `line1` is null. */
export const Address = defineEntity({
  name: 'Address',
  embeddable: true,
  properties: {
    name: p.text().nullable(),
    company: p.text().nullable(),
    line1: p.text(),
    line2: p.text().nullable(),
    city: p.text().nullable(),
    region: p.text().nullable(),
    postalCode: p.text().nullable(),
    country: p.text().nullable(),
    phone: p.text().nullable(),
  },
});
