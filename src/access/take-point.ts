import { type RateLimiterAbstract, RateLimiterRes } from 'rate-limiter-flexible';

/** What is left after one more request. */
export interface Allowance {
  allowed: boolean;
  remaining: number;
  /** Until the window ends and all of it is there again. */
  resetMs: number;
}

/** Takes one point of a key's window; never throws for want of one. */
export async function takePoint(limiter: RateLimiterAbstract, key: string): Promise<Allowance> {
  try {
    return allowanceOf(true, await limiter.consume(key));
  } catch (refused) {
    if (refused instanceof RateLimiterRes) return allowanceOf(false, refused);
    throw refused;
  }
}

function allowanceOf(allowed: boolean, { remainingPoints, msBeforeNext }: RateLimiterRes): Allowance {
  return { allowed, remaining: Math.max(0, remainingPoints), resetMs: Math.max(1, msBeforeNext) };
}
