import { z } from 'zod';
import { OrderStatus } from '../../../model/statuses.js';
import { CALLERS } from '../../docs/schemes.js';

export const warehouseRoute = { tag: 'Warehouse', access: CALLERS } as const;
export const byId = z.object({ id: z.string() });
/** A product or an order with the fields that its operation asks for. */
export const record = z.looseObject({});
export type Fields = z.infer<typeof record>;

/** In capital letters or, as the portal's documents have it, in small ones. */
export const orderStatus = z
  .string()
  .transform((text) => text.toUpperCase())
  .pipe(z.enum(OrderStatus));
