import { Decimal } from 'decimal.js';
import { sourceTextJson } from './source-text-json.js';

/** A number in a JSON text that a double does not hold, and the name of its field; null at the top or in a list. */
export interface LostNumber {
  source: string;
  field: string | null;
}

/** Every number that may be lost looks so; so do some texts, which costs time only. Ids look like exponents, but stand in quotes. */
const SUSPECT = /[\d.]{16}|[\s:[,]-?\d[\d.]*[eE](?:\+?\d{2,}|-\d{3,})(?=[\s,}\]])/;
/** As many digits as a double is written with by whoever writes all that it has. */
const DIGITS_OF_DOUBLE = 17;
/** As many digits as JavaScript writes a double with. */
const MOST_PRECISION = 100;

/** The first number that reading this JSON text would change; null: there is none. @throws SyntaxError */
export function findLostNumber(text: string): LostNumber | null {
  // A reviver takes five times as long as plain parsing.
  if (!SUSPECT.test(text)) return null;
  let found: LostNumber | null = null;
  sourceTextJson.parse(text, (key, value, { source }) => {
    if (typeof value === 'number' && source !== undefined && isLost(source))
      found ??= { source, field: /^\d*$/.test(key) ? null : key };
    return value;
  });
  return found;
}

/**
 * Whether a double changes the number that is written so: a whole one at all, another one beyond the digits of a double, unless
 * these are the double's own, as of who writes 0.1 as 0.10000000000000000555.
 */
export function isLost(source: string): boolean {
  const value = Number(source);
  if (!Number.isFinite(value)) return true;
  const digits = source
    .replace(/[eE].*/, '')
    .replace(/[-.]/g, '')
    .replace(/^0+/, '').length;
  if (!Number.isInteger(value) && digits <= DIGITS_OF_DOUBLE) return false;
  const written = new Decimal(source);
  if (written.eq(value)) return false;
  return Number.isInteger(value) || !written.eq(value.toPrecision(Math.min(digits, MOST_PRECISION)));
}

/** What to tell whoever sent it. */
export function explainLost({ source }: Pick<LostNumber, 'source'>): string {
  const shown = source.length > 40 ? `${source.slice(0, 40)}…` : source;
  return `The number ${shown} cannot be kept exactly: give it as text, in quotes.`;
}
