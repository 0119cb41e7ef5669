import type { AlertRule } from './rule.js';

/** A measured value, and of how many calls it is; null: there was nothing to measure. */
export interface Measure {
  value: number | null;
  samples: number;
}

/**
 * Whether an alert is to be open: true, false, or null for "leave it as it is", which is between the two thresholds. Too few
 * samples open none, but end one that they do not bear out: where little is sent it would ring for ever. So does nothing
 * at all to measure.
 */
export function judge(rule: AlertRule, { value, samples }: Measure): boolean | null {
  if (!rule.enabled || value === null) return false;
  const reached = rule.comparison === 'ABOVE' ? value > rule.threshold : value >= rule.threshold;
  if (reached) return samples < rule.minSamples ? null : true;
  const cleared = rule.comparison === 'ABOVE' ? value <= rule.clearThreshold : value < rule.clearThreshold;
  return cleared ? false : null;
}
