/** Each bucket of the histogram ends a quarter above the one before: a quantile is at most that far off. */
const GROWTH = 1.25;
/** The last one ends at some 21 minutes and takes what is longer. */
const LAST_BUCKET = 63;

/** SQL of the bucket of a duration in milliseconds. */
export function bucketSql(milliseconds: string): string {
  return `least(${LAST_BUCKET}, ceil(ln(greatest(${milliseconds}, 1)) / ln(${GROWTH})))::smallint`;
}

/** The same of a duration that is at hand. */
export function bucketOf(milliseconds: number): number {
  return Math.min(LAST_BUCKET, Math.ceil(Math.log(Math.max(milliseconds, 1)) / Math.log(GROWTH)));
}

/** Durations counted by bucket. */
export type Histogram = ReadonlyMap<number, number>;

/**
 * The duration in milliseconds that this share of all stays below, interpolated within its bucket; null without any.
 * @param share 0 to 1
 */
export function quantile(histogram: Histogram, share: number): number | null {
  const total = [...histogram.values()].reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  let below = 0;
  for (const [bucket, count] of [...histogram].sort(([a], [b]) => a - b)) {
    if (below + count >= share * total) {
      const from = bucket === 0 ? 0 : GROWTH ** (bucket - 1);
      return from + (GROWTH ** bucket - from) * Math.max(0, (share * total - below) / count);
    }
    below += count;
  }
  return GROWTH ** LAST_BUCKET;
}
