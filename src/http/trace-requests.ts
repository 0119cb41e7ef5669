import { once } from 'node:events';
import type { FastifyInstance } from 'fastify';
import { getOperationAST } from 'graphql';
import type { SubscribePayload } from 'graphql-ws';
import { readTraceparent, type Tracer, withTrace } from '../model/trace.js';
import type { ReadRequest } from '../read/reader.js';

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

/**
 * A socket's operations have no headers: the trace that one goes on with is `traceparent` in its `extensions`, else in the
 * payload of `connection_init`.
 */
export function traceparentOf(
  { extensions }: Pick<SubscribePayload, 'extensions'>,
  connectionParams: Record<string, unknown> | undefined,
): string | null {
  return readTraceparent(extensions?.['traceparent']) ?? readTraceparent(connectionParams?.['traceparent']);
}

/** The same as {@link traceRequests} for a query or a mutation on a socket. */
export function traceSocketOperation<T>(
  tracer: Tracer | null,
  { document, operationName, context }: Pick<ReadRequest, 'document' | 'operationName' | 'context'>,
  parent: string | null,
  work: () => Promise<T>,
): Promise<T> {
  const kind = getOperationAST(document, operationName)?.operation ?? 'query';
  const attributes = { 'graphql.operation.type': kind, 'syncline.request': context.requestId ?? '' };
  return withTrace(tracer, { name: `WS /graphql ${kind}`, kind: 'server', attributes }, parent, work);
}
