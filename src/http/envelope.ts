import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { ERRORS, type ErrorCode, HubError } from '../errors.js';

const ENDING = {
  timestamp: z.iso.datetime().meta({ description: 'When it was answered, UTC.' }),
  requestId: z.string().meta({ description: 'The name of the request in the hub’s log.' }),
};

/** A REST answer that went well, around what `data` describes. */
export const enveloped = <Data extends z.ZodType>(data: Data) =>
  z.object({ success: z.literal(true), data, ...ENDING });

/** A REST answer that tells what is wrong. */
export const errorEnvelope = z.object({
  success: z.literal(false),
  error: z.string().meta({ description: 'What is wrong and what to do.' }),
  code: z.enum(Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]]),
  field: z.string().optional().meta({ description: 'Dotted path of the input that is wrong, where there is one.' }),
  ...ENDING,
});

export interface SuccessEnvelope<T> {
  success: true;
  data: T;
  timestamp: string;
  requestId: string;
}

const DEFAULT_RETRY_AFTER_MS = 1_000;
/** How long the rest of a refused body is read and thrown away before its connection ends. */
const DISCARD_MS = 10_000;

const now = () => new Date().toISOString();

export function success<T>(request: FastifyRequest, data: T): SuccessEnvelope<T> {
  return { success: true, data, timestamp: now(), requestId: request.id };
}

/** Answers with the error's status and envelope; 429 and 503 say when to come again. What was not expected is logged and told to nobody. */
export function sendError(request: FastifyRequest, reply: FastifyReply, error: unknown): FastifyReply {
  const known = toHubError(error);
  if (known.code === 'INTERNAL') request.log.error({ err: error }, 'request failed');
  const { status, headers } = statusOf(known);
  letItBeSent(request, reply, error);
  return reply
    .code(status)
    .headers({ 'cache-control': 'no-store', ...headers })
    .send(errorBody(known.code, known.message, request.id, known.inputPath));
}

/** Who is cut off while still sending a large body may never read the answer: the rest is discarded, for a while. */
export function letItBeSent(request: FastifyRequest, reply: FastifyReply, error: unknown): void {
  if ((error as { code?: unknown } | null)?.code !== TOO_LARGE) return;
  reply.removeHeader('connection');
  setTimeout(() => request.raw.complete || request.raw.socket.destroy(), DISCARD_MS).unref();
}

/** The error envelope. */
export function errorBody(
  code: ErrorCode,
  error: string,
  requestId: string,
  path: readonly string[] = [],
): z.output<typeof errorEnvelope> {
  const field = path.length > 0 && { field: path.join('.') };
  return { success: false, error, code, ...field, timestamp: now(), requestId };
}

/** Of an error: its HTTP status, and in headers when to come again, or how to say who one is, where that is what it says. */
export function statusOf({ code, retryAfterMs }: HubError): { status: number; headers: Record<string, string> } {
  const status = ERRORS[code].http;
  const seconds = Math.ceil((retryAfterMs ?? DEFAULT_RETRY_AFTER_MS) / 1000);
  if (status === 429 || status === 503) return { status, headers: { 'retry-after': String(seconds) } };
  return { status, headers: code === 'UNAUTHENTICATED' ? { 'www-authenticate': 'Bearer' } : {} };
}

const TOO_LARGE = 'FST_ERR_CTP_BODY_TOO_LARGE';
/** Fastify's own refusals, in the hub's codes. */
const FASTIFY_CODES: Record<string, [ErrorCode, string]> = {
  [TOO_LARGE]: ['PAYLOAD_TOO_LARGE', 'The body is larger than this address takes.'],
  FST_ERR_CTP_INVALID_JSON_BODY: ['INVALID_JSON', 'The body is not JSON.'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ['UNSUPPORTED_MEDIA_TYPE', 'Send the body as application/json.'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ['INVALID_SHAPE', 'Content-Length does not fit the body.'],
  FST_ERR_BAD_URL: ['BAD_USER_INPUT', 'The address cannot be read: percent-encode it as UTF-8.'],
  FST_ERR_VALIDATION: ['INVALID_SHAPE', 'The request does not have the documented form.'],
};

/** Any error in the hub's codes: INTERNAL for what was not expected. */
export function toHubError(error: unknown): HubError {
  if (error instanceof HubError) return error;
  const { code = '', statusCode = 500 } = error as { code?: string; statusCode?: number };
  const [known, message] = FASTIFY_CODES[code] ?? [];
  if (known && message) return new HubError(known, message);
  if (statusCode >= 400 && statusCode < 500) return new HubError('BAD_USER_INPUT', 'The request cannot be read.');
  return new HubError('INTERNAL', 'Something went wrong in the hub; its log has the reason under this requestId.');
}
