import { z } from 'zod';

/**
 * Any body but one that says `"success": false`: some systems answer so with status 200, and an id beside it need not be that of
 * a record.
 */
export const succeeded = z
  .unknown()
  .refine((body) => !isObject(body) || body['success'] !== false, { path: ['success'], error: 'is false' });

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
