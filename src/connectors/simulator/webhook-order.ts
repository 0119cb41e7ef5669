import { z } from 'zod';

/** Sends a webhook about an entity now. */
export const WebhookOrder = z.strictObject({
  /** The simulated system's id of the entity. */
  id: z.string(),
  /** Left out: the entity's present status; the entity itself does not move. */
  status: z.string().optional(),
  /** Left out: a new one. The same as before: a duplicate. */
  eventId: z.string().optional(),
  /** Left out: now. Earlier: late, reordered or stale. */
  timestamp: z.string().optional(),
  /** More than 1: the same webhook so many times at once. */
  times: z.int().min(1).max(1000).default(1),
  signature: z.enum(['good', 'bad', 'missing']).default('good'),
  /** Below the webhook URL. Left out: the system's own choice. */
  path: z.string().optional(),
  /** Replaces or adds fields of the event's `data`. */
  data: z.record(z.string(), z.unknown()).optional(),
  /** Sent in place of the event's body, signed. */
  rawBody: z.string().optional(),
});
export type WebhookOrder = z.infer<typeof WebhookOrder>;
