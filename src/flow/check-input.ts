import { z } from 'zod';
import { HubError } from '../errors.js';
import { findUnstorable } from '../model/find-unstorable.js';
import { isNegative } from '../model/money.js';

/** Text of at least one character besides spaces. Longer than any real one, short enough for an index. */
export const label = (most = 255) =>
  z
    .string()
    .max(most, `is longer than ${most} characters`)
    .refine((text) => text.trim() !== '', 'is empty');

/** Free text that may be left out. */
export const text = (most = 1000) => z.string().max(most, `is longer than ${most} characters`).nullish();

/** An exact amount that may not be below zero. */
export const amount = z
  .string()
  .regex(/^-?\d{1,20}(\.\d{1,10})?$/, 'is not a decimal such as "199.98"')
  .refine((value) => !isNegative(value), 'is below zero');

/** A share in percent, 0 to 100. */
export const percent = z
  .string()
  .regex(/^(100(\.0{1,6})?|\d{1,2}(\.\d{1,6})?)$/, 'is not a decimal from 0 to 100 of at most 6 places such as "72.5"');

const CURRENCIES = new Set(Intl.supportedValuesOf('currency'));
export const currency = z.string().refine((code) => CURRENCIES.has(code), 'is not an ISO 4217 currency such as "EUR"');

/** ISO 8601 text. Years outside are typing errors, and some of them PostgreSQL cannot hold. */
export const time = z.string().refine((value) => {
  const year = new Date(value).getUTCFullYear();
  return year >= 1970 && year <= 9999;
}, 'is not a time between 1970 and 9999');

export const idempotencyKey = label().nullish();

/**
 * Checks an input as a whole.
 * @throws HubError BAD_USER_INPUT with the first problem; its `cause` is the ZodError with all of them
 */
export function checkInput<T>(schema: z.ZodType<T>, input: unknown): T {
  const unstorable = findUnstorable(input);
  if (unstorable) {
    const where = unstorable.join('.');
    throw new HubError('BAD_USER_INPUT', `${where} holds U+0000 or half of a surrogate pair: leave it out.`, {
      path: unstorable,
    });
  }
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const [first] = parsed.error.issues;
  throw new HubError('BAD_USER_INPUT', first ? describeIssue(first) : 'The input is wrong.', {
    path: first && pathOf(first),
    cause: parsed.error,
  });
}

/** One problem as a sentence: `lines.0.quantity must be 1 or more.` */
export function describeIssue(issue: z.core.$ZodIssue): string {
  const path = pathOf(issue);
  if (path.length === 0 && issue.code === 'invalid_type' && issue.expected === 'object')
    return 'The input must be a JSON object.';
  const what = issue.code === 'unrecognized_keys' ? 'there is no field of this name' : issue.message;
  return `${path.join('.') || 'The input'}: ${what}.`;
}

/** Where the problem is, outermost first; empty for the input as a whole. */
export function pathOf(issue: z.core.$ZodIssue): string[] {
  const unknown = issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
  return [...issue.path.map(String), ...unknown];
}
