import { z } from 'zod';
import type { Random } from './random.js';

/** A way in which an upstream misbehaves, and for which requests. */
export const FaultRule = z.strictObject({
  kind: z.enum([
    'latency',
    'status',
    'timeout',
    'hang-up',
    'truncated-json',
    'wrong-types',
    'html',
    'redirect',
    'drip-feed',
    'endless-body',
    'echo-credentials',
  ]),
  /** Whether the request has its effect first. Latency always comes before it. */
  when: z.enum(['before', 'after']).default('before'),
  method: z.string().toUpperCase().optional(),
  /** Start of the path, for example `/orders`. Left out: every path. */
  path: z.string().startsWith('/').optional(),
  /** How many requests it hits before it is used up. Null: all. */
  count: z.int().min(1).nullable().default(1),
  /** Of the requests that match, how many it hits. */
  probability: z.number().min(0).max(1).default(1),
  /** `latency`: milliseconds. */
  ms: z.int().min(0).default(1000),
  /** `status`: the status to answer. */
  status: z.int().min(400).max(599).default(500),
  /** `status`: Retry-After in seconds, sent as such or as a date. */
  retryAfterSeconds: z.number().min(0).optional(),
  retryAfterAs: z.enum(['seconds', 'date']).default('seconds'),
  /** `status`: the message in the answer. */
  message: z.string().default('Injected failure'),
});
export type FaultRule = z.infer<typeof FaultRule>;

/** The faults in force, tried in the order in which they were added. */
export interface Faults {
  add(rule: FaultRule): void;
  /** Also ends the requests that a latency still holds up, without their effect. */
  clear(): void;
  /** Aborted by `clear`. */
  cleared(): AbortSignal;
  list(): FaultRule[];
  /** The fault that hits this request, counted as used. */
  take(method: string, path: string): FaultRule | null;
}

export function createFaults(random: Random): Faults {
  let rules: FaultRule[] = [];
  let current = new AbortController();
  return {
    add: (rule) => void rules.push({ ...rule }),
    clear() {
      rules = [];
      current.abort();
      current = new AbortController();
    },
    cleared: () => current.signal,
    list: () => rules,
    take(method, path) {
      const rule = rules.find(
        (it) =>
          (!it.method || it.method === method) &&
          (!it.path || path.startsWith(it.path)) &&
          (it.probability === 1 || random.chance(it.probability)),
      );
      if (!rule) return null;
      if (rule.count !== null && --rule.count === 0) rules = rules.filter((it) => it !== rule);
      return rule;
    },
  };
}
