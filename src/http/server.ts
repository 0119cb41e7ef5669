import fastify, { type FastifyInstance, LogController } from 'fastify';
import type { Logger } from 'pino';
import { HubError } from '../errors.js';
import type { Metrics } from '../metrics.js';
import { takeRandom } from '../model/random-bytes.js';
import type { NoteSecurityEvent } from '../model/security-events.js';
import type { Tracer } from '../model/trace.js';
import { noteMethods } from './allowed-methods.js';
import { sendError } from './envelope.js';
import { readExactJson } from './read-exact-json.js';
import { refuseBrokenRequest } from './refuse-broken-request.js';
import { traceRequests } from './trace-requests.js';

export interface ServerOptions {
  log: Logger;
  metrics: Metrics;
  /** Told of each caller that was answered 429. */
  noteSecurityEvent?: NoteSecurityEvent;
  /** Null: no spans are recorded; traces of callers are carried on all the same. */
  tracer?: Tracer | null;
  /** Addresses and networks of proxies whose `X-Forwarded-*` headers are believed; default none. */
  trustedProxies?: readonly string[];
}

const TOO_MANY = 429;
const BODY_LIMIT = 1024 * 1024;
/** Of one part of a path: as long as a whole address can be, so that what does not exist is told from what cannot. */
const PARAM_LIMIT = 16 * 1024;
/** A client that sends its request more slowly than this is cut off. */
const REQUEST_TIMEOUT_MS = 60_000;

const HTTPS_ONLY_FOR_A_YEAR = 'max-age=31536000';
/** Of every answer. What a page may load and who may frame it stands beside the page. */
const SAFETY_HEADERS = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
};

/** The one HTTP server: request ids, the error envelope, metrics. Everything else is registered on it. */
export function createServer(options: ServerOptions): FastifyInstance {
  const { log, metrics, noteSecurityEvent, tracer = null, trustedProxies = [] } = options;
  const server = fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: newRequestId,
    clientErrorHandler: (error, socket) => refuseBrokenRequest(error, socket, newRequestId()),
    bodyLimit: BODY_LIMIT,
    routerOptions: { maxParamLength: PARAM_LIMIT },
    trustProxy: trustedProxies.length > 0 && [...trustedProxies],
    requestTimeout: REQUEST_TIMEOUT_MS,
    forceCloseConnections: 'idle',
    frameworkErrors: (error, request, reply) => void sendError(request, reply, error),
  }) as unknown as FastifyInstance;
  server.addHook('onRequest', (request, reply, done) => {
    reply.headers({ 'x-request-id': request.id, ...SAFETY_HEADERS });
    // Over http a browser ignores it: whoever can change the answer could set it.
    if (request.protocol === 'https') reply.header('strict-transport-security', HTTPS_ONLY_FOR_A_YEAR);
    done();
  });
  readExactJson(server);
  traceRequests(server, tracer);
  server.addHook('onResponse', (request, reply, done) => {
    const { method, routeOptions } = request;
    const { statusCode: status, elapsedTime: durationMs } = reply;
    if (status === TOO_MANY) noteSecurityEvent?.('CALLER_LIMITED');
    metrics.requestAnswered({ method, route: routeOptions.url ?? 'none', status, durationMs });
    done();
  });
  server.setErrorHandler((error, request, reply) => sendError(request, reply, error));
  const methodsOf = noteMethods(server);
  server.setNotFoundHandler((request, reply) => {
    const { method, url } = request;
    const methods = methodsOf(pathOf(url));
    if (methods.length > 0) reply.header('allow', methods.join(', '));
    sendError(request, reply, methods.length > 0 ? wrongMethod(method, methods) : nothingAt(method, url));
  });
  return server;
}

const newRequestId = () => `req_${takeRandom(8).toString('hex')}`;
const pathOf = (url: string) => url.split('?', 1)[0] ?? '';
const nothingAt = (method: string, url: string) =>
  new HubError('NOT_FOUND', `There is nothing at ${method} ${pathOf(url)}.`);
const wrongMethod = (method: string, allowed: string[]) =>
  new HubError('METHOD_NOT_ALLOWED', `This address takes ${allowed.join(', ')}, not ${method}.`);
