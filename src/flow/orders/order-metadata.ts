import { z } from 'zod';

const MOST_CHARACTERS = 16_000;

/** What an order's systems keep with it: any JSON object that is not too large. */
export const metadataSchema = z
  .record(z.string().max(255, 'has a name longer than 255 characters'), z.unknown(), 'must be a JSON object')
  .refine((value) => JSON.stringify(value).length <= MOST_CHARACTERS, `is longer than ${MOST_CHARACTERS} characters`);
