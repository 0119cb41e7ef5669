import { Decimal } from 'decimal.js';
import { decimalText } from '../connectors/text/exact-json.js';

/** A decimal that must reach the other side with exactly these digits: a JSON number on the wire, text in the hub. */
export class ExactDecimal {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Transformation = (value: string) => unknown;

/** The transformations that have names. Each throws an Error that says what it expects; absent text is no value. */
const namedTransformations: Readonly<Record<string, Transformation>> = {
  /** The number that the text is, exactly. */
  parseFloat: (text) => new ExactDecimal(readDecimal(text)),
  /** Its whole part. */
  parseInt: (text) => {
    const whole = new Decimal(readDecimal(text)).trunc().toFixed();
    return Number.isSafeInteger(Number(whole)) ? Number(whole) : new ExactDecimal(whole);
  },
  toString: (text: string) => text,
  trim: (text) => text.trim(),
  toUpperCase: (text) => text.toUpperCase(),
  toLowerCase: (text) => text.toLowerCase(),
};

export function isNamed(transformation: string | null): transformation is string {
  return transformation !== null && Object.hasOwn(namedTransformations, transformation);
}

/** @throws Error that says what the transformation expects */
export function transform(name: string, value: unknown): unknown {
  const transformation = isNamed(name) ? namedTransformations[name] : undefined;
  if (!transformation) throw new Error(`there is no transformation ${name}`);
  if (!['string', 'number', 'boolean'].includes(typeof value)) {
    throw new Error(`${name} takes a text or a number, not ${Array.isArray(value) ? 'a list' : 'an object'}`);
  }
  return transformation(String(value));
}

function readDecimal(text: string): string {
  const decimal = decimalText(text.trim());
  if (decimal !== null) return decimal;
  throw new Error(`"${text.slice(0, 60)}" is no number such as 12.50`);
}
