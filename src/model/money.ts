import { Decimal } from 'decimal.js';

/** Room for every digit of any product or sum of amounts: nothing is ever rounded. */
const Exact = Decimal.clone({ precision: 100 });

const scaleOf = (amounts: readonly string[]) =>
  Math.max(0, ...amounts.map((amount) => amount.split('.')[1]?.length ?? 0));

/** The exact sum of decimal texts, with as many decimals as the most exact of them: 10.10 + 0.005 = 10.105. */
export function add(...amounts: string[]): string {
  return amounts.reduce((total, amount) => total.plus(amount), new Exact(0)).toFixed(scaleOf(amounts));
}

/** `from` less `amount`, exactly. */
export function subtract(from: string, amount: string): string {
  return new Exact(from).minus(amount).toFixed(scaleOf([from, amount]));
}

/** A price times a whole number, with the price's decimals: 3 × 10.50 = 31.50. */
export function multiply(price: string, quantity: number): string {
  return new Exact(price).times(quantity).toFixed(scaleOf([price]));
}

/** Zero with as many decimals as another amount. */
export function zeroLike(amount: string): string {
  return new Exact(0).toFixed(scaleOf([amount]));
}

/** An amount in a currency's smallest units as decimal text: 1999 of which 100 are one = 19.99. `places`: 2 there. */
export function fromSmallest(units: string, places: number): string {
  return new Exact(units).div(new Exact(10).pow(places)).toFixed(scaleOf([units]) + places);
}

export function isNegative(amount: string): boolean {
  return new Exact(amount).lessThan(0);
}

export function isGreater(amount: string, than: string): boolean {
  return new Exact(amount).greaterThan(than);
}

/** The product of two decimal texts with every digit: 1.5 × 0.333 = 0.4995. */
export function multiplyExactly(one: string, other: string): string {
  return new Exact(one).times(other).toFixed(scaleOf([one]) + scaleOf([other]));
}

/** Whether two decimal texts are one amount: 1.50 and 1.5 are. */
export function isSameAmount(one: string, other: string): boolean {
  return new Exact(one).equals(other);
}
