import { Decimal } from 'decimal.js';
import { sourceTextJson } from '../../model/source-text-json.js';

const PLAIN_DECIMAL = /^-?(0|[1-9]\d*)(\.\d+)?$/;
const JSON_NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;
/** More digits than any amount has. `1e999999999` would otherwise become a gigabyte of zeros. */
const MOST_DIGITS = 40;

/**
 * Finds every number that a double may print back otherwise: sixteen digits, a last zero behind the point, an exponent,
 * less than a millionth, minus zero. It also finds texts that look so, which costs time only.
 */
const INEXACT = /[\d.]{16}|\.\d*0(?=[\s,}\]]|$)|\d[eE][+-]?\d+(?=[\s,}\]]|$)|0\.0{6}|-0(?![.\d])/;

/**
 * Parses JSON without losing digits: a number that a double does not print back as it was written (`10.10`, 2^53 + 1)
 * becomes its source text.
 * @throws SyntaxError
 */
export function parseExactJson(text: string): unknown {
  // A reviver takes five times as long.
  if (!INEXACT.test(text)) return JSON.parse(text);
  return sourceTextJson.parse(text, (_key, value, { source }) =>
    typeof value === 'number' && source !== undefined && String(value) !== source ? source : value,
  );
}

/** A decimal text as a JSON number with exactly its digits (JSON knows no leading zeros), for `JSON.stringify`. @throws SyntaxError */
export function exactNumber(decimal: string): unknown {
  const text = decimal.replace(/^(-?)0+(?=\d)/, '$1');
  if (!PLAIN_DECIMAL.test(text)) throw new SyntaxError(`"${decimal}" is not a decimal`);
  return sourceTextJson.rawJSON(text);
}

/** Plain decimal text of a number that {@link parseExactJson} read, or null when it is none or is absurdly long. */
export function decimalText(value: number | string): string | null {
  const text = String(value);
  if (text.length > MOST_DIGITS || !JSON_NUMBER.test(text)) return null;
  if (PLAIN_DECIMAL.test(text)) return text;
  const number = new Decimal(text);
  // Not `>`: the exponent of infinity is no number.
  return Math.abs(number.e) <= MOST_DIGITS ? number.toFixed() : null;
}
