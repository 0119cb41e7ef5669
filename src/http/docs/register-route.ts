import type { FastifyInstance } from 'fastify';
import type { z } from 'zod';
import { checkInput } from '../../flow/check-input.js';
import { answerUnlessKnown } from '../answer-unless-known.js';
import { describeRoute } from './describe-route.js';
import { isKept, type Route } from './route.js';

/**
 * The one way of adding a REST address. An address that is added otherwise is missing from `/docs/openapi.json`, which
 * fails the documents' test.
 */
export function registerRoute<Context, Params, Query, Body, Answer>(
  scope: FastifyInstance,
  route: Route<Context, Params, Query, Body, Answer>,
): void {
  scope.route({
    method: route.method,
    url: route.url,
    // Told only to who reads the document, and unknown to Fastify: its own validation would answer in other words, and its
    // serializer would drop what is not described.
    config: { swaggerTransform: ({ url }) => ({ url, schema: describeRoute(route) }) },
    handler: async (request, reply) => {
      const context = (route.authorize ? await route.authorize(request) : undefined) as Context;
      const answer = await route.handle({
        context,
        params: checked(route.params, request.params),
        query: checked(route.query, request.query),
        body: checked(route.body, request.body),
        request,
        reply,
      });
      if (isKept(route)) return answerUnlessKnown(request, reply, answer as object);
      if (route.method === 'GET') reply.header('cache-control', 'no-store');
      return answer;
    },
  });
}

function checked<T>(schema: z.ZodType<T> | undefined, input: unknown): T {
  return schema ? checkInput(schema, input) : (undefined as T);
}
