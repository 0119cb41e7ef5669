import { z } from 'zod';

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

/**
 * Any body but one that says `"success": false`: some systems answer so with status 200, and an id beside it need not be that of
 * a record.
 */
export const succeeded = z
  .unknown()
  .refine((body) => !isObject(body) || body['success'] !== false, { path: ['success'], error: 'is false' });

/** A record, bare or under `data`. */
export const bareOrUnderData = <T extends z.ZodType>(shape: T) =>
  z.preprocess((body) => (isObject(body) && body['id'] == null && isObject(body['data']) ? body['data'] : body), shape);
