import type { FastifyInstance, FastifyReply } from 'fastify';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { Caller } from '../access/caller.js';
import { type Allowance, takePoint } from '../access/take-point.js';
import { HubError } from '../errors.js';

/** How often one caller may ask. Counted by each instance for itself. */
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

/** @param perMinute the same for an address and for a caller */
export function createCallerLimits(perMinute: number): CallerLimits {
  const limiter = () => new RateLimiterMemory({ points: perMinute, duration: WINDOW_S });
  const [byAddress, byCaller] = [limiter(), limiter()];
  return {
    register: (app) => {
      app.addHook('onRequest', async (request, reply) => {
        if (UNLIMITED.has(request.url)) return;
        const allowance = await takePoint(byAddress, request.ip);
        tell(reply, perMinute, allowance);
        if (!allowance.allowed) throw tooMany(allowance);
      });
    },
    take: async (caller) => {
      const allowance = await takePoint(byCaller, `${caller.via}:${caller.subject}`);
      if (!allowance.allowed) throw tooMany(allowance);
    },
  };
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
