import { type ApolloServer, type ApolloServerPlugin, HeaderMap } from '@apollo/server';
import type { GraphQLSchema } from 'graphql';
import type { HubContext } from '../../schema/context.js';
import { createLimitCheck } from '../read/limit-check.js';
import type { Reader } from '../read/reader.js';
import { presentError } from './graphql-errors.js';

export interface AnswerByReaderDeps {
  schema: GraphQLSchema;
  reader: Reader;
  services: HubContext['services'];
}

type GatewayOption = NonNullable<ConstructorParameters<typeof ApolloServer>[0]['gateway']>;
type Executor = NonNullable<Awaited<ReturnType<GatewayOption['load']>>['executor']>;
type Request = Pick<Parameters<Executor>[0], 'document'> & { request: { operationName?: string; variables?: object } };
type Result = Awaited<ReturnType<Executor>>;

/**
 * Apollo keeps its pipeline; what answers is the reader, at the moment before Apollo would execute. Only what failed goes on to
 * the executor, after which Apollo tells errors: with what it makes for an executor, V8 keeps each request in memory until
 * the next full collection. What the hub runs itself passes Apollo by (`run-operation.ts`, `run-compiled.ts`).
 */
export function answerByReader(deps: AnswerByReaderDeps): {
  gateway: GatewayOption;
  plugin: ApolloServerPlugin<HubContext>;
} {
  const failed = new WeakMap<HubContext, Result>();
  const answer = createAnswer(deps);
  const plugin: ApolloServerPlugin<HubContext> = {
    requestDidStart: async () => ({
      responseForOperation: async (request) => {
        // It does not say which operation is meant: Apollo tells so once the executor has failed.
        if (!request.operation) return null;
        const { data, errors } = await answer(request, request.contextValue);
        if (!errors)
          return {
            http: { status: undefined, headers: new HeaderMap() },
            body: { kind: 'single', singleResult: { data } },
          };
        failed.set(request.contextValue, { data, errors });
        return null;
      },
    }),
  };
  const executor: Executor = async (request) => {
    const context = request.context as HubContext;
    return failed.get(context) ?? answer(request, context);
  };
  return { plugin, gateway: asGateway(deps.schema, executor) };
}

function createAnswer({ schema, reader, services }: AnswerByReaderDeps) {
  const excessesOf = createLimitCheck(schema);
  return async ({ document, request }: Request, context: HubContext): Promise<Result> => {
    const { operationName } = request;
    const variables = request.variables as Record<string, unknown> | undefined;
    const excesses = excessesOf(document, operationName, variables);
    if (excesses.length > 0) return { errors: excesses };
    const { data, errors } = await reader.execute({ document, operationName, variables, context });
    const log = { requestId: context.requestId, log: services.log };
    return {
      ...(data !== undefined && { data }),
      ...(errors && { errors: errors.map((error) => presentError(error, log)) }),
    };
  };
}

function asGateway(schema: GraphQLSchema, executor: Executor): GatewayOption {
  return {
    load: async () => ({ executor }),
    onSchemaLoadOrUpdate(callback) {
      callback({ apiSchema: schema, coreSupergraphSdl: '' });
      return () => {};
    },
    stop: async () => {},
  };
}
