import type { UpstreamRecord } from '../../connectors/connector.js';
import { isSameAmount } from '../../model/money.js';

/** One field in which both sides differ. */
export interface FieldDifference {
  field: string;
  here: string | null;
  there: string | null;
}

type Fields = UpstreamRecord['fields'];

const AMOUNT = /(^|\.)(amount|subtotal|tax|paidAmount|total|grandTotal|linesTotal|unitPrice|quantity|price)$/;
const DECIMAL = /^-?\d{1,40}(\.\d{1,40})?$/;
const TIME = /(At|PeriodStart|PeriodEnd)$/;
/** Stands for a line of one side that the other does not have. */
const LINE = /^lines\[\d+\]\.sku$/;

/**
 * Where what the system told differs from what it should have told. What one side does not tell is not compared, but a line
 * that only one side has.
 */
export function compareFields(here: Fields, there: Fields): FieldDifference[] {
  const areLinesTold = 'linesTotal' in here && 'linesTotal' in there;
  const isCompared = (field: string) =>
    (field in here && field in there) || (areLinesTold && LINE.test(field) && (field in here || field in there));
  return [...new Set([...Object.keys(there), ...Object.keys(here)])]
    .filter(isCompared)
    .map((field) => ({ field, here: here[field] ?? null, there: there[field] ?? null }))
    .filter(({ field, here: one, there: other }) => !isSame(field, one, other));
}

function isSame(field: string, one: string | null, other: string | null): boolean {
  if (one === other) return true;
  if (one === null || other === null) return false;
  if (TIME.test(field)) return isSameInstant(Date.parse(one), Date.parse(other));
  if (!AMOUNT.test(field)) return false;
  return DECIMAL.test(one) && DECIMAL.test(other) && isSameAmount(one, other);
}

/** To the precision that both have: many systems keep whole seconds. */
function isSameInstant(one: number, other: number): boolean {
  if (one === other) return true;
  const isWhole = one % 1000 === 0 || other % 1000 === 0;
  return isWhole && Math.floor(one / 1000) === Math.floor(other / 1000);
}
