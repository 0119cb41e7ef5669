import type { FastifyInstance, FastifyReply, FastifyRequest, HookHandlerDoneFunction } from 'fastify';
import type pg from 'pg';
import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';
import { HubError } from '../../errors.js';
import { sendError } from '../envelope.js';
import { registerEscooterRoute } from './escooter-route.js';
import { registerFlashErpRoutes } from './flasherp-routes.js';
import { registerGatewayRoute } from './gateway-route.js';
import { registerPortalRoutes } from './portal-routes.js';
import type { Ingest } from './receive.js';
import { registerStripeRoute } from './stripe-route.js';

export interface WebhooksOptions {
  /** Runs the public schema's `ingestWebhook`; see `ingestBySchema`. */
  ingest: Ingest;
  /** Counts callers over all processes. */
  pool: pg.Pool;
  /** Webhooks per second of one sender's address at one path; a full second's worth may come at once. */
  ratePerSecond?: number;
}

const BODY_LIMIT = 1024 * 1024;
const RATE_PER_SECOND = 5_000;

/**
 * The addresses that other systems call. A scope of its own: bodies are taken as bytes whatever their content type says,
 * because signatures are over the bytes.
 */
export async function registerWebhooks(server: FastifyInstance, options: WebhooksOptions): Promise<void> {
  await server.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: BODY_LIMIT }, (_request, body, done) =>
      done(null, body),
    );
    scope.setErrorHandler((error, request, reply) => sendError(request, reply, error));
    scope.addHook('onRequest', limitRate(options.ratePerSecond ?? RATE_PER_SECOND));
    registerPortalRoutes(scope, options.ingest);
    registerEscooterRoute(scope, options.ingest);
    registerFlashErpRoutes(scope, options.ingest, options.pool);
    registerStripeRoute(scope, options.ingest);
    registerGatewayRoute(scope, options.ingest);
  });
}

/** Before the body is read: a flood costs as little as possible. */
function limitRate(ratePerSecond: number) {
  const limiter = new RateLimiterMemory({ points: ratePerSecond, duration: 1 });
  const refusal = ({ msBeforeNext: retryAfterMs }: RateLimiterRes) =>
    new HubError('RATE_LIMITED', 'Too many webhooks: wait as long as Retry-After says.', { retryAfterMs });
  return (request: FastifyRequest, _reply: FastifyReply, done: HookHandlerDoneFunction) => {
    const path = request.url.split('?', 1)[0];
    limiter.consume(`${path} ${request.ip}`).then(
      () => done(),
      (reason: RateLimiterRes) => done(refusal(reason)),
    );
  };
}
