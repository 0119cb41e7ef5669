import { Decimal } from 'decimal.js';
import type jsonata from 'jsonata';
import { decimalText } from '../connectors/text/exact-json.js';

/** Room for every digit of any product or sum of amounts; only a quotient is rounded. */
const Exact = Decimal.clone({ precision: 60, rounding: Decimal.ROUND_HALF_UP });
const MOST_PLACES = 20;

/** Exact arithmetic for expressions. They take numbers and texts, and answer plain decimal text; sums keep the most decimals. */
const decimalFunctions: Readonly<Record<string, (...args: unknown[]) => unknown>> = {
  decimal: (value: unknown) => read(value).toFixed(),
  decimalAdd: (a: unknown, b: unknown) => add([a, b]),
  decimalSubtract: (a: unknown, b: unknown) =>
    add([
      a,
      read(b)
        .negated()
        .toFixed(scaleOf([b])),
    ]),
  decimalMultiply: (a: unknown, b: unknown) => read(a).times(read(b)).toFixed(),
  decimalDivide: (a: unknown, b: unknown, places: unknown) => divide(read(a), read(b)).toFixed(readPlaces(places)),
  decimalRound: (value: unknown, places: unknown) => read(value).toFixed(readPlaces(places)),
  decimalSum: (values: unknown) => add([values ?? []].flat()),
  decimalCompare: (a: unknown, b: unknown) => read(a).comparedTo(read(b)),
};

export function registerDecimalFunctions(expression: Pick<jsonata.Expression, 'registerFunction'>): void {
  for (const [name, work] of Object.entries(decimalFunctions)) expression.registerFunction(name, work);
}

function read(value: unknown): Decimal {
  const text = typeof value === 'number' || typeof value === 'string' ? decimalText(value) : null;
  if (text === null) throw new Error(`${JSON.stringify(value) ?? 'nothing'} is no decimal such as "12.50"`);
  return new Exact(text);
}

function add(values: unknown[]): string {
  return values.reduce<Decimal>((sum, value) => sum.plus(read(value)), new Exact(0)).toFixed(scaleOf(values));
}

const scaleOf = (values: unknown[]) =>
  Math.max(0, ...values.map((value) => decimalText(value as string)?.split('.')[1]?.length ?? 0));

function divide(a: Decimal, b: Decimal): Decimal {
  if (b.isZero()) throw new Error('it divides by zero');
  return a.dividedBy(b);
}

function readPlaces(places: unknown): number {
  if (typeof places === 'number' && Number.isInteger(places) && places >= 0 && places <= MOST_PLACES) return places;
  throw new Error(`the number of decimal places must be from 0 to ${MOST_PLACES}`);
}
