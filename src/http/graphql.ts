import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
} from '@apollo/server/plugin/disabled';
import { fastifyApolloDrainPlugin, fastifyApolloHandler } from '@as-integrations/fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { GraphQLError, type GraphQLFormattedError, type GraphQLSchema } from 'graphql';
import type { HubContext } from '../../schema/context.js';
import type { Authenticate } from '../access/authenticate.js';
import { LIMITS } from '../read/limits.js';
import { RawJson } from '../read/raw-json.js';
import type { Reader } from '../read/reader.js';
import { answerByReader } from './answer-by-reader.js';
import { letItBeSent, statusOf, toHubError } from './envelope.js';
import { formatError, presentError } from './graphql-errors.js';

export interface GraphqlDeps {
  schema: GraphQLSchema;
  reader: Reader;
  authenticate: Authenticate;
  services: HubContext['services'];
}

const PATH = '/graphql';
const BODY_LIMIT = 1024 * 1024;
const GRAPHQL_RESPONSE = 'application/graphql-response+json';

/** Serves the schema's queries and mutations at `/graphql`. Subscriptions come in by WebSocket at the same path. */
export async function registerGraphql(app: FastifyInstance, deps: GraphqlDeps): Promise<void> {
  const { gateway, plugin } = answerByReader(deps);
  const apollo = new ApolloServer<HubContext>({
    gateway,
    cache: 'bounded',
    csrfPrevention: true,
    allowBatchedHttpRequests: false,
    introspection: true,
    includeStacktraceInErrorResponses: false,
    parseOptions: { maxTokens: LIMITS.tokens },
    stringifyResult,
    formatError: (formatted, error) => hideUnexpected(formatted, error, deps),
    plugins: [
      ApolloServerPluginLandingPageDisabled(),
      // Traces are OpenTelemetry's.
      ApolloServerPluginInlineTraceDisabled(),
      // Looks at every request for hints that no answer has.
      ApolloServerPluginCacheControlDisabled(),
      fastifyApolloDrainPlugin(app),
      plugin,
      finishAnswers(),
    ],
    logger: deps.services.log,
    nodeEnv: 'production',
    stopOnTerminationSignals: false,
  });
  await apollo.start();
  app.route({
    url: PATH,
    method: ['GET', 'POST'],
    bodyLimit: BODY_LIMIT,
    // It describes itself by introspection.
    schema: { hide: true },
    errorHandler: (error, request, reply) => answerError(error, request, reply, deps),
    handler: fastifyApolloHandler(apollo, { context: (request) => contextOf(deps, request) }),
  });
}

/** What is refused before Apollo sees it (broken JSON, a body too large, too many requests) is an error of GraphQL's form too. */
function answerError(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  { services }: GraphqlDeps,
): FastifyReply {
  const known = toHubError(error);
  const { status, headers } = statusOf(known);
  const type = request.headers.accept?.includes(GRAPHQL_RESPONSE) ? GRAPHQL_RESPONSE : 'application/json';
  const errors = [formatError(known.code === 'INTERNAL' ? error : known, { requestId: request.id, log: services.log })];
  letItBeSent(request, reply, error);
  return reply.code(status).headers(headers).type(`${type}; charset=utf-8`).send(JSON.stringify({ errors }));
}

/** The text that PostgreSQL wrote goes out as it is. */
async function stringifyResult(result: { data?: unknown }): Promise<string> {
  return result.data instanceof RawJson ? `{"data":${result.data.text}}` : JSON.stringify(result);
}

async function contextOf(deps: GraphqlDeps, request: FastifyRequest): Promise<HubContext> {
  const { services, reader } = deps;
  try {
    const caller = await deps.authenticate({
      authorization: request.headers.authorization,
      apiKey: headerText(request.headers['x-api-key']),
      address: request.ip,
      requestId: request.id,
    });
    return { services, caller, requestId: request.id, reader };
  } catch (error) {
    throw presentError(error, { requestId: request.id, log: services.log });
  }
}

function headerText(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}

/** Errors from outside of the reader: parsing, validation, the transport. */
function hideUnexpected(
  formatted: GraphQLFormattedError,
  error: unknown,
  { services }: GraphqlDeps,
): GraphQLFormattedError {
  const whole =
    error instanceof GraphQLError ? error : new GraphQLError(formatted.message, { extensions: formatted.extensions });
  return formatError(whole, { requestId: '', log: services.log });
}

/**
 * Answers are kept by nobody on the way. And GraphQL over HTTP: a client that does not accept
 * `application/graphql-response+json` gets 200 for a well-formed request, also where the operation was refused.
 */
function finishAnswers(): ApolloServerPlugin<HubContext> {
  return {
    requestDidStart: async () => ({
      willSendResponse: async ({ request, response, errors }) => {
        response.http.headers.set('cache-control', 'no-store');
        const refusal = errors?.some((error) => REFUSALS.has(error.extensions['code']));
        if (!refusal || request.http?.method !== 'POST') return;
        const accept = request.http.headers.get('accept') ?? '';
        if (!accept.includes(GRAPHQL_RESPONSE)) response.http.status = 200;
      },
    }),
  };
}

const REFUSALS = new Set<unknown>([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
  'BAD_USER_INPUT',
]);
