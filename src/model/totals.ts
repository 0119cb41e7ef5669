import { HubError } from '../errors.js';
import { add, isGreater, multiply, subtract, zeroLike } from './money.js';

/** Exact decimal texts in the order's currency. */
export interface Totals {
  subtotal: string;
  tax: string;
  shipping: string;
  discount: string;
  grandTotal: string;
}

/** What a source may round between the parts of a total and the total itself. */
const ROUNDING = '1';

/** A line's total: the given one, since unit price × quantity is not always what was charged. */
export function lineTotal(line: { quantity: number; unitPrice: string; total?: string | null }): string {
  return line.total ?? multiply(line.unitPrice, line.quantity);
}

/**
 * Given amounts are kept as they are, the others follow from them and from the lines.
 * @throws HubError BAD_USER_INPUT when the grand total is above everything that it can consist of, or below zero
 */
export function orderTotals(lineTotals: readonly string[], given: { [Part in keyof Totals]?: string | null }): Totals {
  const subtotal = given.subtotal ?? add(...lineTotals);
  const tax = given.tax ?? zeroLike(subtotal);
  const shipping = given.shipping ?? zeroLike(subtotal);
  const discount = given.discount ?? zeroLike(subtotal);
  const charged = add(subtotal, tax, shipping);
  const grandTotal = given.grandTotal ?? subtract(charged, discount);
  if (isGreater(grandTotal, add(charged, ROUNDING))) {
    throw wrong(
      'grandTotal',
      `The grand total ${grandTotal} is above subtotal, tax and shipping together (${charged}).`,
    );
  }
  if (isGreater('0', grandTotal))
    throw wrong('discount', `The discount ${discount} is above what is charged (${charged}).`);
  return { subtotal, tax, shipping, discount, grandTotal };
}

function wrong(part: keyof Totals, message: string): HubError {
  return new HubError('BAD_USER_INPUT', `${message} Correct the totals or leave them out.`, { path: ['totals', part] });
}
