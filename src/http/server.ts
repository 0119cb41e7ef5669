import { randomBytes } from 'node:crypto';
import fastify, { type FastifyInstance, LogController } from 'fastify';
import type { Logger } from 'pino';
import { HubError } from '../errors.js';
import type { Metrics } from '../metrics.js';
import type { Tracer } from '../model/trace.js';
import { sendError } from './envelope.js';
import { traceRequests } from './trace-requests.js';

export interface ServerOptions {
  log: Logger;
  metrics: Metrics;
  /** Null: no spans are recorded; traces of callers are carried on all the same. */
  tracer?: Tracer | null;
}

const BODY_LIMIT = 1024 * 1024;
/** A client that sends its request more slowly than this is cut off. */
const REQUEST_TIMEOUT_MS = 60_000;

/** The one HTTP server: request ids, the error envelope, metrics. Everything else is registered on it. */
export function createServer({ log, metrics, tracer = null }: ServerOptions): FastifyInstance {
  const server = fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => `req_${randomBytes(8).toString('hex')}`,
    bodyLimit: BODY_LIMIT,
    requestTimeout: REQUEST_TIMEOUT_MS,
    forceCloseConnections: 'idle',
    frameworkErrors: (error, request, reply) => void sendError(request, reply, error),
  }) as unknown as FastifyInstance;
  server.addHook(
    'onRequest',
    async (request, reply) => void reply.headers({ 'x-request-id': request.id, 'x-content-type-options': 'nosniff' }),
  );
  traceRequests(server, tracer);
  server.addHook('onResponse', async (request, reply) =>
    metrics.requestAnswered({
      method: request.method,
      route: request.routeOptions.url ?? 'none',
      status: reply.statusCode,
      durationMs: reply.elapsedTime,
    }),
  );
  server.setErrorHandler((error, request, reply) => sendError(request, reply, error));
  server.setNotFoundHandler((request, reply) =>
    sendError(
      request,
      reply,
      new HubError('NOT_FOUND', `There is nothing at ${request.method} ${pathOf(request.url)}.`),
    ),
  );
  return server;
}

const pathOf = (url: string) => url.split('?')[0];
