import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import type { Logger } from 'pino';
import { HubError, isRetryable } from '../errors.js';

/**
 * An error as a client may see it: expected failures with their code and what is wrong, GraphQL's own as they are, and
 * anything else logged and answered as INTERNAL with the request id.
 */
export function formatError(error: Error, requestId: string, log: Logger): GraphQLFormattedError {
  const { located, cause } = unwrap(error);
  const { locations = undefined, path = undefined } = located?.toJSON() ?? {};
  const place = { ...(locations && { locations }), ...(path && { path }) };
  if (cause instanceof HubError) {
    const { code, message, retryAfterMs } = cause;
    const more = {
      ...(cause.inputPath && { path: cause.inputPath }),
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    };
    return { message, ...place, extensions: { code, retryable: isRetryable(code), ...more } };
  }
  if (cause instanceof GraphQLError) {
    return { message: cause.message, ...place, extensions: { code: 'GRAPHQL_VALIDATION_FAILED', ...cause.extensions } };
  }
  log.error({ err: cause, requestId }, 'An operation failed unexpectedly');
  const message = 'Something went wrong in the hub. Its log has the details under this request id.';
  return { message, ...place, extensions: { code: 'INTERNAL', retryable: false, requestId } };
}

/**
 * What was thrown, below the layers that name the place, and the innermost of these that knows it. graphql-js leaves an
 * error that has a `path` of its own, as a HubError may, without any such layer.
 */
function unwrap(error: Error): { located: GraphQLError | undefined; cause: unknown } {
  let located: GraphQLError | undefined;
  let cause: unknown = error;
  while (cause instanceof GraphQLError) {
    if (!located || cause.path) located = cause;
    if (!cause.originalError) break;
    cause = cause.originalError;
  }
  return { located, cause };
}
