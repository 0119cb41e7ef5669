import { randomUUID } from 'node:crypto';
import {
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  GraphQLError,
  type GraphQLSchema,
  subscribe,
} from 'graphql';
import { type Context, makeServer, type Server, type ServerOptions, type SubscribePayload } from 'graphql-ws';
import type { Logger } from 'pino';
import type { HubContext } from '../../schema/context.js';
import type { Authenticate } from '../access/authenticate.js';
import type { Caller } from '../access/caller.js';
import { HubError } from '../errors.js';
import type { Tracer } from '../model/trace.js';
import type { Reader, ReadRequest } from '../read/reader.js';
import { endingWhenAway } from './ending-when-away.js';
import { formatError } from './graphql-errors.js';
import { CLOSE, type LiveSocket } from './live-socket.js';
import { traceparentOf, traceSocketOperation } from './trace-requests.js';

export interface OperationText {
  query: string;
  operationName?: string | null;
  variables?: Record<string, unknown> | null;
}

export interface SocketOperationsDeps {
  schema: GraphQLSchema;
  authenticate: Authenticate;
  /** Parses an operation and checks it as HTTP does, by the same rules and limits. */
  check(operation: OperationText, caller: Caller): DocumentNode | readonly GraphQLError[];
  /** Counts an operation by who asks, as HTTP counts a request. @throws HubError RATE_LIMITED */
  admit(caller: Caller): Promise<void>;
  /** Runs a query or a mutation as HTTP does. */
  execute: Reader['execute'];
  contextFor(caller: Caller, requestId: string): HubContext;
  /** Null: no spans are recorded. */
  tracer: Tracer | null;
  log: Logger;
}

export interface SocketOperationsLimits {
  /** Time to send `connection_init`. */
  initMs: number;
  /** Operations at once on one socket. */
  operationsPerSocket: number;
  /** How often credentials are checked again, so that a revoked key does not live on in a socket. */
  recheckMs: number;
}

type SocketContext = Context<Record<string, unknown> | undefined, LiveSocket>;

const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** GraphQL over a WebSocket: who is there, what they may run, how errors look. */
export function serveOperations(deps: SocketOperationsDeps, limits: SocketOperationsLimits): Server<LiveSocket> {
  const requestIds = new WeakMap<object, string>();
  const parents = new WeakMap<object, string | null>();
  const format = (errors: readonly GraphQLError[], requestId: string) =>
    errors.map((error) => formatError(error, { requestId, log: deps.log }));
  const options: ServerOptions<Record<string, unknown> | undefined, LiveSocket> = {
    schema: deps.schema,
    connectionInitWaitTimeout: limits.initMs,
    onConnect: (context) => admit(deps, limits, context),
    onSubscribe: async (context, _id, payload) => {
      const requestId = randomUUID();
      requestIds.set(payload, requestId);
      const prepared = await prepare(deps, limits, context, payload, requestId);
      parents.set(prepared, traceparentOf(payload, context.connectionParams));
      return prepared;
    },
    subscribe: (args) => open(args),
    execute: (args) => {
      const request = toRequest(args);
      const work = async () => (await deps.execute(request)) as ExecutionResult;
      return traceSocketOperation(deps.tracer, request, parents.get(args) ?? null, work);
    },
    onNext: (_context, _id, payload, _args, result) => {
      const { errors, ...rest } = result;
      return { ...rest, ...(errors && { errors: format(errors, requestIds.get(payload) ?? '') }) };
    },
    onError: (_context, _id, payload, errors) => format(errors, requestIds.get(payload) ?? ''),
  };
  return makeServer(options);
}

/** Lets in who has valid credentials, for as long as they are valid. What it throws closes the socket. */
async function admit(
  deps: SocketOperationsDeps,
  limits: SocketOperationsLimits,
  context: SocketContext,
): Promise<true> {
  const { extra: socket, connectionParams = {} } = context;
  const credentials = {
    authorization: text(connectionParams, 'Authorization'),
    apiKey: text(connectionParams, 'X-API-Key'),
    address: socket.address,
  };
  const authenticate = async () => {
    const caller = await deps.authenticate(credentials);
    socket.caller = caller;
    return caller;
  };
  const end = () => socket.close(CLOSE.FORBIDDEN, 'The credentials are no longer valid. Connect again with new ones.');
  const recheck = () =>
    void authenticate()
      .catch((error: unknown) => {
        if (error instanceof HubError && error.code === 'UNAUTHENTICATED') end();
      })
      .finally(() => socket.later(limits.recheckMs, recheck));
  const { expiresAt } = await authenticate();
  if (expiresAt !== null) socket.later(Math.min(expiresAt - Date.now(), LONGEST_TIMER_MS), end);
  socket.later(limits.recheckMs, recheck);
  return true;
}

/** Header names are the same in any case. */
function text(params: Record<string, unknown>, name: string): string | undefined {
  const found = Object.entries(params).find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];
  return typeof found === 'string' ? found : undefined;
}

async function prepare(
  deps: SocketOperationsDeps,
  limits: SocketOperationsLimits,
  context: SocketContext,
  payload: SubscribePayload,
  requestId: string,
): Promise<ExecutionArgs | readonly GraphQLError[]> {
  const { caller } = context.extra;
  if (!caller) return [located(new HubError('UNAUTHENTICATED', 'Send connection_init with credentials first.'))];
  if (Object.keys(context.subscriptions).length > limits.operationsPerSocket) {
    const message = `At most ${limits.operationsPerSocket} operations run at once on one connection. Complete some, or open another.`;
    return [located(new HubError('RATE_LIMITED', message))];
  }
  const refusal = await deps.admit(caller).catch((error: HubError) => error);
  if (refusal) return [located(refusal)];
  const checked = deps.check(payload, caller);
  if (!isDocument(checked)) return checked;
  return {
    schema: deps.schema,
    document: checked,
    operationName: payload.operationName,
    variableValues: payload.variables,
    contextValue: deps.contextFor(caller, requestId),
  };
}

function isDocument(checked: DocumentNode | readonly GraphQLError[]): checked is DocumentNode {
  return !Array.isArray(checked);
}

function located(error: HubError): GraphQLError {
  return new GraphQLError(error.message, { originalError: error });
}

/** A subscription that cannot begin ends with `error`, like one that fails later. */
async function open(args: ExecutionArgs): Promise<AsyncIterable<ExecutionResult>> {
  // graphql-js throws an error that has a `path` of its own, and answers any other.
  const result = await subscribe(args).catch((error: Error) => ({ errors: [error] }));
  return Symbol.asyncIterator in result ? endingWhenAway(result) : failed(result.errors?.[0]);
}

// biome-ignore lint/correctness/useYield: it fails before it yields anything.
async function* failed(error: Error | undefined): AsyncGenerator<ExecutionResult> {
  throw error ?? new Error('The subscription neither began nor failed');
}

function toRequest(args: ExecutionArgs): ReadRequest {
  return {
    document: args.document,
    operationName: args.operationName ?? null,
    variables: (args.variableValues ?? null) as Record<string, unknown> | null,
    context: args.contextValue as HubContext,
    raw: false,
  };
}
