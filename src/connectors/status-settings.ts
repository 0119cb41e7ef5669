import { z } from 'zod';
import type { OrderSnapshot } from '../model/snapshots.js';
import { OrderStatus } from '../model/statuses.js';
import type { Connector } from './connector.js';

/** A system's own words for an order's status → the hub's; they go before the standard table. */
export const orderStatusMappings = z
  .strictObject({ orders: z.record(z.string(), z.enum(OrderStatus)).default({}) })
  .prefault({});

export const strictMapping = z
  .boolean()
  .default(false)
  .describe('An unmapped status is an error and nothing is changed.');

/** Of ERPs that tell no status but what people there did with an order, and that may be sent orders of some statuses only. */
export const erpStatusSettings = {
  statusMappings: orderStatusMappings.describe(
    'What an order’s state there means here, e.g. shipped → DELIVERED; goes before the standard table.',
  ),
  strictMapping: strictMapping.describe('An unmapped state is an error and nothing is changed.'),
  statuses: z
    .array(z.enum(OrderStatus))
    .min(1)
    .optional()
    .describe('Orders of these statuses go there; left out: all.'),
};

/** What follows from the setting `statuses`. */
export const takesChosenStatuses: Pick<
  Connector<unknown, { statuses?: OrderStatus[] | undefined }>,
  'accepts' | 'owed'
> = {
  accepts: ({ snapshot, linked }, { statuses }) =>
    linked || !statuses || statuses.includes((snapshot as OrderSnapshot).status),
  owed: (_entityType, { statuses }) => statuses ?? null,
};
