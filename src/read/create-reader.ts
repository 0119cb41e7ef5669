import { execute, GraphQLError, type GraphQLSchema } from 'graphql';
import { getVariableValues } from 'graphql/execution/values.js';
import type { GuardedSystem } from '../access/reach.js';
import type { Database } from '../db/database.js';
import { answerAsRoot, answerAsText } from './answer-query.js';
import { attachResolvers } from './attach-resolvers.js';
import { beginExecution, type Reading } from './execution.js';
import { nounsOf } from './nouns.js';
import type { Values } from './parameters.js';
import { createPlanCache, type Prepared } from './plan-cache.js';
import { RawJson } from './raw-json.js';
import { readNoun } from './read-noun.js';
import type { Reader, ReadRequest, ReadResult } from './reader.js';
import { checkAllowed } from './rights.js';
import { createStatements } from './statements.js';

interface ReaderDeps {
  schema: GraphQLSchema;
  db: Pick<Database, 'orm' | 'pool'>;
  /** Of whose permissions tokens may name any. Default: of none. */
  systems?: readonly GuardedSystem[];
}

/** Makes the one reader of a schema over a database, and takes over the resolvers of the schema's nouns. */
export function createReader(deps: ReaderDeps): Reader {
  const { schema, db, systems = [] } = deps;
  const nouns = nounsOf(db.orm.getMetadata());
  checkAllowed(schema, nouns);
  attachResolvers(schema, nouns);
  const reading: Reading = { schema, nouns, plans: createPlanCache(schema), run: createStatements(db.pool), systems };
  return {
    execute: (request) => answer(reading, request),
    readNoun: (id, info, { caller }) => readNoun(reading, id, info, caller),
  };
}

/** Enough to tell what is wrong with variables: each repeats the value that it is about. */
const MOST_VARIABLE_ERRORS = 3;

async function answer(reading: Reading, request: ReadRequest): Promise<ReadResult> {
  const prepared = reading.plans.prepare(request.document, request.operationName);
  const kind = prepared?.operation.operation;
  if (kind === 'subscription') return { errors: [notHere()] };
  if (!prepared) return completeByGraphql(reading, request, undefined);
  const { coerced, errors } = coerceVariables(reading, prepared, request);
  if (errors) return { errors: errors.map(asBadInput) };
  if (kind !== 'query') return completeByGraphql(reading, request, undefined);
  try {
    return await answerQuery(reading, prepared, request, coerced ?? {});
  } catch (error) {
    return { errors: [asGraphQLError(error)] };
  }
}

function coerceVariables({ schema }: Reading, { operation }: Prepared, { variables }: ReadRequest) {
  const options = { maxErrors: MOST_VARIABLE_ERRORS };
  return getVariableValues(schema, operation.variableDefinitions ?? [], variables ?? {}, options);
}

function asBadInput({ message, nodes, originalError, extensions }: GraphQLError): GraphQLError {
  return new GraphQLError(message, { nodes, originalError, extensions: { code: 'BAD_USER_INPUT', ...extensions } });
}

async function answerQuery(
  reading: Reading,
  prepared: Prepared,
  request: ReadRequest,
  variables: Values,
): Promise<ReadResult> {
  const execution = beginExecution(reading, prepared, variables, request.context.caller);
  const text = request.raw === false ? null : await answerAsText(execution);
  if (text !== null) return { data: new RawJson(text) };
  return completeByGraphql(reading, request, await answerAsRoot(execution));
}

async function completeByGraphql({ schema }: Reading, request: ReadRequest, rootValue: unknown): Promise<ReadResult> {
  const { document, operationName, variables: variableValues, context: contextValue } = request;
  return execute({ schema, document, operationName, variableValues, contextValue, rootValue });
}

function notHere(): GraphQLError {
  return new GraphQLError(
    'Subscriptions come by WebSocket, at the same address, in the protocol graphql-transport-ws.',
    {
      extensions: { code: 'BAD_USER_INPUT' },
    },
  );
}

function asGraphQLError(error: unknown): GraphQLError {
  if (error instanceof GraphQLError) return error;
  return new GraphQLError((error as Error).message, { originalError: error as Error });
}
