import { once } from 'node:events';
import type { FastifyInstance } from 'fastify';
import { readTraceparent, type Tracer, withTrace } from '../model/trace.js';

/** Probes and pages would drown the traces of orders. */
const UNTRACED = /^\/(livez|readyz|health|metrics|assets)/;

/**
 * Runs each request in the trace that its `traceparent` names, as a span where a tracer is given. Without either, a request
 * costs one look at its headers. What the request accepts carries the trace on.
 */
export function traceRequests(server: FastifyInstance, tracer: Tracer | null): void {
  server.addHook('preHandler', (request, reply, done) => {
    const parent = readTraceparent(request.headers['traceparent']);
    if (parent === null && (tracer === null || UNTRACED.test(request.url))) return done();
    const route = request.routeOptions.url ?? 'none';
    const attributes = { 'http.request.method': request.method, 'http.route': route, 'syncline.request': request.id };
    const span = { name: `${request.method} ${route}`, kind: 'server', attributes } as const;
    void withTrace(tracer, span, parent, async (set) => {
      const closed = once(reply.raw, 'close');
      done();
      await closed;
      set('http.response.status_code', reply.statusCode);
    }).catch(() => {});
  });
}
