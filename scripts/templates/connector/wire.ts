import { z } from 'zod';

const Id = z
  .union([z.string().min(1).max(255), z.int()], { error: 'must be text of 1 to 255 characters' })
  .transform(String);

/** The answer to a create or an update. */
export const WrittenOrder = z.object({ id: Id, number: Id.nullish() });
export type WrittenOrder = z.infer<typeof WrittenOrder>;

/** An order as it is answered and as a webhook carries it. `reference` is the hub's id, which was sent with the order. */
export const FoundOrder = WrittenOrder.extend({ reference: Id.nullish(), status: z.string().min(1).max(100) });
export type FoundOrder = z.infer<typeof FoundOrder>;

/** A webhook's body. */
export const NewSystemEvent = z.object({
  id: Id,
  type: z.string().min(1).max(100),
  time: z.iso
    .datetime({ offset: true, error: 'must be an ISO 8601 time with its zone' })
    .transform((text) => new Date(text).toISOString()),
  order: FoundOrder,
});
