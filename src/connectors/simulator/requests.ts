import type { FastifyInstance, FastifyRequest } from 'fastify';
import { readTraceparent, withTrace } from '../../model/trace.js';

/** One request that the simulator received, with everything in it. */
export interface ReceivedRequest {
  method: string;
  url: string;
  headers: Record<string, string | string[] | undefined>;
  body: string;
  /** The kind of the fault that hit it. */
  fault: string | null;
  /** Null: it was not answered, or not yet. */
  status: number | null;
}

/** A run of hours must not fill the memory; the effects are kept whole. */
const MOST_KEPT = 20_000;

declare module 'fastify' {
  interface FastifyRequest {
    rawText: string;
  }
}

/** Keeps the text of every body as received in `request.rawText`, and a log of the latest requests. */
export function logRequests(app: FastifyInstance): { list(): readonly ReceivedRequest[]; clear(): void } {
  let log: ReceivedRequest[] = [];
  app.decorateRequest('rawText', '');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, async (request: FastifyRequest, body: string) => {
    request.rawText = body;
    return body;
  });
  app.addHook('preHandler', (request, _reply, done) => {
    const span = { name: request.url, kind: 'server', attributes: {} } as const;
    void withTrace(null, span, readTraceparent(request.headers['traceparent']), async () => done());
  });
  app.addHook('preHandler', async (request, reply) => {
    const { method, url, headers, rawText: body } = request;
    const entry: ReceivedRequest = { method, url, headers, body, fault: null, status: null };
    log.push(entry);
    if (log.length > MOST_KEPT) log = log.slice(MOST_KEPT / 2);
    reply.raw.once('close', () => {
      entry.fault = request.fault?.kind ?? null;
      entry.status = reply.raw.writableFinished ? reply.raw.statusCode : null;
    });
  });
  return {
    list: () => log,
    clear: () => {
      log = [];
    },
  };
}
