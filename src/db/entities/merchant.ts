import { defineEntity, p } from '@mikro-orm/core';

/** Whose data it is. */
export const Merchant = defineEntity({
  name: 'Merchant',
  tableName: 'merchants',
  properties: {
    id: p.text().primary(),
    name: p.text(),
    createdAt: p.datetime().defaultRaw('now()'),
  },
});
