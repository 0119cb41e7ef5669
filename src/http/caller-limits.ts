import type { FastifyInstance, FastifyReply } from 'fastify';
import type pg from 'pg';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { actorOf } from '../access/audit.js';
import type { Caller } from '../access/caller.js';
import type { LimitedCallers } from '../access/limited-callers.js';
import { createSharedCounts, type SharedCounts } from '../access/shared-counts.js';
import type { Allowance } from '../access/take-point.js';
import { HubError } from '../errors.js';

/** How often one caller may ask, over all processes of the hub. */
export interface CallerLimits {
  /**
   * Counts every request by the address it comes from, before anything is read of it. Answers carry `RateLimit-Limit`,
   * `RateLimit-Remaining` and `RateLimit-Reset` (seconds); one too many is a HubError RATE_LIMITED with `Retry-After`.
   */
  register(app: FastifyInstance): void;
  /** Counts a request, or an operation on a socket, by who asks. @throws HubError RATE_LIMITED */
  take(caller: Caller): Promise<void>;
}

/** Paths that must answer whatever the load: who calls them decides over the hub's life. */
const UNLIMITED = new Set(['/livez', '/readyz', '/health', '/metrics']);
const WINDOW_S = 60;
const SETTLE_MS = 1_000;

/**
 * @param perMinute the same for an address and for a caller
 * @param limited writes down who was refused; null: nobody does
 * @param pool of the database that the hub's processes share; null: this process counts for itself
 */
export function createCallerLimits(
  perMinute: number,
  pool: pg.Pool | null,
  limited: LimitedCallers | null = null,
): CallerLimits {
  const counts = (name: string) =>
    createSharedCounts(name, new RateLimiterMemory({ points: perMinute, duration: WINDOW_S }));
  const [byAddress, byCaller] = [counts('addresses'), counts('callers')];
  return {
    register: (app) => {
      if (pool) settleRegularly(app, pool, [byAddress, byCaller]);
      app.addHook('onRequest', async (request, reply) => {
        if (UNLIMITED.has(request.url)) return;
        const allowance = await byAddress.take(request.ip);
        tell(reply, perMinute, allowance);
        if (allowance.allowed) return;
        limited?.note({ actor: 'anonymous', address: request.ip });
        throw tooMany(allowance);
      });
      app.addHook('onClose', () => limited?.flush());
    },
    take: async (caller) => {
      const allowance = await byCaller.take(`${caller.via}:${caller.subject}`);
      if (allowance.allowed) return;
      limited?.note({ ...actorOf(caller), merchantId: caller.merchantId });
      throw tooMany(allowance);
    },
  };
}

/** Each time after the one before has ended, until the server closes. */
function settleRegularly(app: FastifyInstance, pool: pg.Pool, counts: readonly SharedCounts[]): void {
  let running = false;
  const timer = setInterval(async () => {
    if (running) return;
    running = true;
    for (const one of counts) await one.settle(pool);
    running = false;
  }, SETTLE_MS);
  app.addHook('onClose', async () => clearInterval(timer));
}

function tell(reply: FastifyReply, limit: number, { allowed, remaining, resetMs }: Allowance): void {
  const seconds = Math.ceil(resetMs / 1000);
  reply.header('ratelimit-limit', limit);
  reply.header('ratelimit-remaining', remaining);
  reply.header('ratelimit-reset', seconds);
  if (!allowed) reply.header('retry-after', seconds);
}

function tooMany({ resetMs }: Allowance): HubError {
  const message = `Too many requests; try again in ${Math.ceil(resetMs / 1000)} s.`;
  return new HubError('RATE_LIMITED', message, { retryAfterMs: resetMs });
}
