import { z } from 'zod';

const Text = z
  .union([z.string().min(1).max(255), z.int()], { error: 'must be text of 1 to 255 characters' })
  .transform(String);

/** The answer to a sync: a 2xx is a success whatever it says, as long as it says it in this form and is no error. */
export const SyncAnswer = z
  .object({
    erp_reference: z
      .literal('')
      .transform(() => null)
      .or(Text)
      .nullish(),
    status: z.string().max(100).nullish(),
    error: z.unknown().optional(),
    success: z.unknown().optional(),
  })
  .refine(({ erp_reference, success }) => erp_reference || success !== false, {
    path: ['success'],
    error: 'is false, and there is no reference',
  })
  .refine(({ erp_reference, error }) => erp_reference || !error, {
    path: ['error'],
    error: 'is set, and there is no reference',
  });
export type SyncAnswer = z.infer<typeof SyncAnswer>;

/** ISO 8601 with its zone, in UTC. */
const Instant = z.iso
  .datetime({ offset: true, error: 'must be an ISO 8601 time with its zone' })
  .transform((text) => new Date(text).toISOString());

const Quantity = z.number('must be a whole number').int('must be a whole number').min(-2147483648).max(2147483647);
const Item = z.object({ sku: z.string().min(1).max(255), qty: Quantity, location: z.string().max(255).nullish() });

/** A webhook's body: what happened to an order, how much there is of some articles, or both. */
export const ErpEvent = z
  .object({
    orderIncrementId: Text.nullish(),
    orderId: Text.nullish(),
    erpReference: Text.nullish(),
    status: z.string().min(1).max(100).nullish(),
    trackingNumbers: z.array(z.string().max(255)).max(1000).nullish(),
    items: z.array(Item).min(1).max(5000).nullish(),
    timestamp: Instant.nullish(),
  })
  .refine((event) => event.items || event.orderIncrementId || event.erpReference, {
    path: ['orderIncrementId'],
    error: 'is missing: an event names its order, or has items',
  })
  .refine((event) => event.items || event.status || event.erpReference || event.trackingNumbers, {
    path: ['status'],
    error: 'is missing: an event of an order says what is new of it',
  });
export type ErpEvent = z.infer<typeof ErpEvent>;
