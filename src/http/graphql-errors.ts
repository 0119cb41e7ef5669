import { HeaderMap } from '@apollo/server';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import type { Logger } from 'pino';
import { ERRORS, HubError } from '../errors.js';
import { statusOf } from './envelope.js';

/** Codes whose messages speak of the request alone: the hub's own, and those of graphql-js and Apollo. */
const TOLD = new Set<unknown>([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
  'BAD_REQUEST',
  'PERSISTED_QUERY_NOT_FOUND',
  'PERSISTED_QUERY_NOT_SUPPORTED',
  ...Object.keys(ERRORS).filter((code) => code !== 'INTERNAL'),
]);

/** Messages of graphql-js repeat what they are about, however long it is. */
const LONGEST_MESSAGE = 2_000;

/**
 * What a client may see of an error: an expected one with its code and whether a retry may help; anything else is
 * logged, and answered as INTERNAL with the request's id and without its message. Presenting twice changes nothing.
 */
export function presentError(error: unknown, request: { requestId: string; log: Logger }): GraphQLError {
  const graphqlError = error instanceof GraphQLError ? error : undefined;
  const cause = causeOf(error);
  if (cause instanceof HubError)
    return at(graphqlError, cause.message, hubExtensions(cause, graphqlError, request.requestId));
  if (isBeyondChecking(cause)) return at(graphqlError, BEYOND_CHECKING, { code: 'QUERY_TOO_COMPLEX' });
  if (graphqlError && isTold(graphqlError, cause)) return graphqlError;
  request.log.error({ err: cause, requestId: request.requestId }, 'GraphQL operation failed unexpectedly');
  return at(graphqlError, 'Something went wrong in the hub. Its log says what, under this request id.', {
    code: 'INTERNAL',
    requestId: request.requestId,
  });
}

/** The same as a client gets it. What graphql-js refused before anything ran has no code of its own. */
export function formatError(error: unknown, request: { requestId: string; log: Logger }): GraphQLFormattedError {
  const { message, locations, path, extensions } = presentError(error, request).toJSON();
  const { http: _status, ...told } = extensions ?? {};
  return {
    message: message.length > LONGEST_MESSAGE ? `${message.slice(0, LONGEST_MESSAGE)}…` : message,
    ...(locations && { locations }),
    ...(path && { path }),
    extensions: { code: 'GRAPHQL_VALIDATION_FAILED', ...told },
  };
}

const BEYOND_CHECKING =
  'The operation is nested too deeply, or repeats the same fields too often, to be checked. Ask for less, or in several operations.';

/** What parsing and validation end with where the stack or graphql-js's own bounds end. */
function isBeyondChecking(cause: unknown): boolean {
  const { message } = cause as Error;
  return message === 'Validation aborted.' || (cause instanceof RangeError && message.includes('call stack'));
}

/** What was thrown, below the layers that name the place. */
function causeOf(error: unknown): unknown {
  let cause = error;
  while (cause instanceof GraphQLError && cause.originalError) cause = cause.originalError;
  return cause;
}

/** Errors without a code that stand outside of the answer are graphql-js's refusals of the request. */
function isTold(error: GraphQLError, cause: unknown): boolean {
  const { code } = error.extensions;
  if (code === undefined) return !error.path && cause instanceof GraphQLError;
  return TOLD.has(code) || (code === 'INTERNAL' && typeof error.extensions['requestId'] === 'string');
}

function hubExtensions(cause: HubError, error: GraphQLError | undefined, requestId: string): Record<string, unknown> {
  const { status, headers } = statusOf(cause);
  return {
    code: cause.code,
    retryable: ERRORS[cause.code].retryable,
    requestId,
    ...(cause.inputPath && { path: cause.inputPath }),
    ...(cause.retryAfterMs !== undefined && { retryAfterMs: cause.retryAfterMs }),
    // Apollo takes the status of the whole answer from here; an error of one field leaves it at 200.
    ...(error?.path ? {} : { http: { status, headers: new HeaderMap(Object.entries(headers)) } }),
  };
}

/** The same place in the answer, other words. */
function at(place: GraphQLError | undefined, message: string, extensions: Record<string, unknown>): GraphQLError {
  return new GraphQLError(message, {
    nodes: place?.nodes ?? null,
    source: place?.source ?? null,
    positions: place?.positions ?? null,
    path: place?.path ?? null,
    extensions,
  });
}
