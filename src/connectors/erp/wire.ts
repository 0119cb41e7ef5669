import { z } from 'zod';

/** Fields of Logo's and Netsis's answers: codes are padded with blanks, or numbers; amounts are either. */
export const Code = z.union([z.string(), z.number()]).transform((value) => String(value).trim());
export const Text = z
  .string()
  .nullish()
  .transform((value) => value?.trim() || null);
export const Amount = z.union([z.number(), z.string()]).nullish();
