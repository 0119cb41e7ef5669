import { defineEntity, p } from '@mikro-orm/core';

/** Whose data it is. */
export const Merchant = defineEntity({
  name: 'Merchant',
  tableName: 'merchants',
  properties: {
    id: p.text().primary(),
    name: p.text(),
    /** Its brands' part of what their products earn, in percent; null: the hub's usual part. */
    payoutPercent: p.decimal().columnType('numeric').nullable(),
    createdAt: p.datetime().defaultRaw('now()'),
  },
});
