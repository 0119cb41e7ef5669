import { defineEntity, p } from '@mikro-orm/core';
import { Integration } from './integration.js';
import { Order } from './order.js';

/** Something that needs a person; at most one open per kind, integration and order. */
export const Alert = defineEntity({
  name: 'Alert',
  tableName: 'alerts',
  properties: {
    id: p.text().primary(),
    merchantId: p.text().nullable(),
    integration: () => p.manyToOne(Integration).nullable(),
    /** Where it is of one order. */
    order: () => p.manyToOne(Order).nullable(),
    kind: p.text(),
    severity: p.text(),
    message: p.text(),
    /** What to do. */
    advice: p.text(),
    openedAt: p.datetime().defaultRaw('now()'),
    closedAt: p.datetime().nullable(),
    /** The rule that opened it, and what was measured then, in the rule's unit. */
    ruleId: p.text().nullable(),
    measured: p.double().columnType('float8').nullable(),
    threshold: p.double().columnType('float8').nullable(),
    /** A GraphQL operation. */
    remedy: p.text().nullable(),
    /** Where that is at hand: a path below the hub's address. */
    link: p.text().nullable(),
    acknowledgedAt: p.datetime().nullable(),
    acknowledgedBy: p.text().nullable(),
  },
});
