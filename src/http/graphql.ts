import { ApolloServer, type ApolloServerPlugin, HeaderMap } from '@apollo/server';
import {
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
} from '@apollo/server/plugin/disabled';
import { fastifyApolloDrainPlugin, fastifyApolloHandler } from '@as-integrations/fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { GraphQLError, type GraphQLFormattedError, type GraphQLSchema } from 'graphql';
import type { HubContext } from '../../schema/context.js';
import type { Authenticate } from '../access/authenticate.js';
import { checkLimits, LIMITS } from '../read/limits.js';
import { RawJson } from '../read/raw-json.js';
import type { Reader } from '../read/reader.js';
import { statusOf, toHubError } from './envelope.js';
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
  const apollo = new ApolloServer<HubContext>({
    gateway: readerAsGateway(deps),
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
      fastifyApolloDrainPlugin(app),
      plainJsonAnswers200(),
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
  return reply.code(status).headers(headers).type(`${type}; charset=utf-8`).send(JSON.stringify({ errors }));
}

/** Apollo keeps its pipeline; what executes is the reader. */
function readerAsGateway(deps: GraphqlDeps) {
  return {
    load: async () => ({ executor: (request: ExecutorRequest) => executeWithin(deps, request) }),
    onSchemaLoadOrUpdate(callback: (loaded: { apiSchema: GraphQLSchema; coreSupergraphSdl: string }) => void) {
      callback({ apiSchema: deps.schema, coreSupergraphSdl: '' });
      return () => {};
    },
    stop: async () => {},
  };
}

type GatewayOption = NonNullable<ConstructorParameters<typeof ApolloServer>[0]['gateway']>;
type Executor = NonNullable<Awaited<ReturnType<GatewayOption['load']>>['executor']>;
type ExecutorRequest = Parameters<Executor>[0];

async function executeWithin(
  { schema, reader, services }: GraphqlDeps,
  request: ExecutorRequest,
): Promise<Awaited<ReturnType<Executor>>> {
  const { document } = request;
  const { operationName, variables } = request.request;
  const context = request.context as HubContext;
  const excesses = checkLimits(schema, document, operationName, variables);
  if (excesses.length > 0) return { errors: excesses };
  const { data, errors } = await reader.execute({ document, operationName, variables, context });
  const log = { requestId: context.requestId, log: services.log };
  return {
    ...(data !== undefined && { data }),
    ...(errors && { errors: errors.map((error) => presentError(error, log)) }),
  };
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
 * GraphQL over HTTP: a client that does not accept `application/graphql-response+json` gets 200 for a well-formed
 * request, also where the operation was refused.
 */
function plainJsonAnswers200(): ApolloServerPlugin<HubContext> {
  return {
    requestDidStart: async ({ request }) => ({
      willSendResponse: async ({ response, errors }) => {
        const accept = (request.http?.headers ?? new HeaderMap()).get('accept') ?? '';
        const refusal = errors?.some((error) => REFUSALS.has(error.extensions['code']));
        if (refusal && request.http?.method === 'POST' && !accept.includes(GRAPHQL_RESPONSE))
          response.http.status = 200;
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
