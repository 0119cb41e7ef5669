import type { FastifySchema } from 'fastify';
import { toJSONSchema, z } from 'zod';
import { ERROR_TEXTS } from '../../error-texts.js';
import { ERRORS, type ErrorCode } from '../../errors.js';
import { isKept, type Route } from './route.js';
import { CALLERS } from './schemes.js';

/** `$id` of the error envelope's schema. */
export const ERROR_ENVELOPE = 'ErrorEnvelope';

type Described = Omit<Route<unknown, unknown, unknown, unknown, unknown>, 'authorize' | 'handle'>;
type JsonSchema = Record<string, unknown>;

/** What Fastify keeps of a route for the OpenAPI document. */
export function describeRoute(route: Described): FastifySchema {
  const { tag, summary, description, access, query } = route;
  const headers = isKept(route) ? IF_NONE_MATCH : route.headers;
  const params = route.params ?? route.rawParams;
  const body = route.body ?? route.rawBody;
  return {
    tags: [tag],
    summary,
    ...(description !== undefined && { description }),
    security: access.map((scheme) => ({ [scheme]: [] })),
    ...(params && { params: jsonSchema(params, 'input') }),
    ...(query && { querystring: jsonSchema(query, 'input') }),
    ...(headers && { headers: jsonSchema(headers, 'input') }),
    ...(body && { body: jsonSchema(body, 'input') }),
    response: { ...describeAnswers(route), ...(isKept(route) && NOT_MODIFIED), ...describeErrors(route) },
  };
}

export function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  const { $schema: _, ...rest } = toJSONSchema(schema, { io, unrepresentable: 'any', override: leaveOutNoise });
  return rest;
}

/** A format says what its pattern says, and every whole number is one that JavaScript can hold. */
function leaveOutNoise({ jsonSchema: described }: { jsonSchema: JsonSchema }): void {
  if (described['format'] !== undefined) delete described['pattern'];
  if (described['minimum'] === Number.MIN_SAFE_INTEGER) delete described['minimum'];
  if (described['maximum'] === Number.MAX_SAFE_INTEGER) delete described['maximum'];
}

function describeAnswers(route: Described) {
  const { answer, answerType = 'application/json', statuses = { 200: 'Done.' } } = route;
  const schema = jsonSchema(answer, 'output');
  return Object.fromEntries(
    Object.entries(statuses).map(([status, description]) => [
      status,
      { description, ...(isKept(route) && { headers: ETAG }), content: { [answerType]: { schema } } },
    ]),
  );
}

/** One response for each status, with the codes that it comes with. */
function describeErrors(route: Described) {
  const byStatus = Object.groupBy(errorsOf(route), (code) => ERRORS[code].http);
  return Object.fromEntries(
    Object.entries(byStatus).map(([status, codes = []]) => [
      status,
      {
        description: codes.map((code) => `\`${code}\`: ${ERROR_TEXTS[code].meaning}`).join('\n\n'),
        ...((status === '429' || status === '503') && { headers: RETRY_AFTER }),
        content: { 'application/json': { schema: { $ref: `${ERROR_ENVELOPE}#` } } },
      },
    ]),
  );
}

const ETAG = { etag: { type: 'string', description: 'Names what is answered: send it back as If-None-Match.' } };
const NOT_MODIFIED = { 304: { type: 'null', description: 'As the answer that If-None-Match names.', headers: ETAG } };
const IF_NONE_MATCH = z.object({
  'if-none-match': z.string().optional().meta({ description: 'The ETag of an answer that the caller has kept.' }),
});

const RETRY_AFTER = { 'retry-after': { type: 'integer', description: 'Seconds to wait before the next try.' } };

function errorsOf({ access, params, query, body, rawBody, errors = [] }: Described): ErrorCode[] {
  const all: ErrorCode[] = [...errors, 'INTERNAL'];
  if (access.some((scheme) => CALLERS.includes(scheme)))
    all.push('UNAUTHENTICATED', 'FORBIDDEN', 'RATE_LIMITED', 'DATABASE_UNAVAILABLE');
  if (params || query || body) all.push('BAD_USER_INPUT');
  if (body) all.push('INVALID_JSON', 'UNSUPPORTED_MEDIA_TYPE');
  if (body || rawBody) all.push('PAYLOAD_TOO_LARGE');
  return [...new Set(all)];
}
