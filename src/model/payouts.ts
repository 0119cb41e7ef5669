import { Decimal } from 'decimal.js';

/** What a recipient earns of an order. */
export interface PayoutShare {
  recipient: string;
  /** Fraction of the order's total, to six places. */
  share: string;
  amount: string;
}

/** A line of an order with whom it is for. */
export interface PayoutLine {
  recipient: string;
  /** What of it the recipient gets. */
  percent: string;
  total: string;
}

/** Who gets the rest of each line. */
const PLATFORM = 'platform';

const Exact = Decimal.clone({ precision: 60 });
const HUNDRED = 100;

/**
 * Divides an order's total among the recipients of its lines and the platform, in the proportion of what the lines earn
 * them, so that tax, shipping and discount are spread alike. Exact by the largest remainder: the parts are whole units of
 * `decimals` places and sum to the total.
 */
export function splitTotal(total: string, lines: readonly PayoutLine[], decimals: number): PayoutShare[] {
  const weights = weigh(lines);
  const sum = weights.reduce((all, { weight }) => all.plus(weight), new Exact(0));
  // Nothing to go by: what there is stays here.
  if (sum.isZero()) return [{ recipient: PLATFORM, share: '1', amount: new Exact(total).toFixed(decimals) }];
  const unit = new Exact(10).pow(-decimals);
  const units = new Exact(total).dividedBy(unit);
  const parts = weights.map(({ recipient, weight }) => {
    const exact = units.times(weight).dividedBy(sum);
    return { recipient, fraction: weight.dividedBy(sum), units: exact.floor(), rest: exact.minus(exact.floor()) };
  });
  const given = parts.reduce((all, part) => all.plus(part.units), new Exact(0));
  const byRest = parts.toSorted((a, b) => b.rest.comparedTo(a.rest));
  for (const part of byRest.slice(0, units.minus(given).toNumber())) part.units = part.units.plus(1);
  return parts.map((part) => ({
    recipient: part.recipient,
    share: part.fraction.toDecimalPlaces(6).toString(),
    amount: part.units.times(unit).toFixed(decimals),
  }));
}

/** The recipients by name, the platform last. */
function weigh(lines: readonly PayoutLine[]): { recipient: string; weight: Decimal }[] {
  const weights = new Map<string, Decimal>();
  const add = (recipient: string, weight: Decimal) => weights.set(recipient, weight.plus(weights.get(recipient) ?? 0));
  for (const { recipient, percent, total } of lines) {
    const whole = Exact.max(total, 0);
    const part = whole.times(percent).dividedBy(HUNDRED);
    add(recipient, part);
    add(PLATFORM, whole.minus(part));
  }
  const named = [...weights].filter(([recipient]) => recipient !== PLATFORM).sort(([a], [b]) => (a < b ? -1 : 1));
  const platform: [string, Decimal] = [PLATFORM, weights.get(PLATFORM) ?? new Exact(0)];
  return [...named, platform].map(([recipient, weight]) => ({ recipient, weight }));
}
