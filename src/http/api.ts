import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { GraphQLSchema } from 'graphql';
import type { HubContext } from '../../schema/context.js';
import { looksLikeApiKey } from '../access/api-key.js';
import type { Authenticate } from '../access/authenticate.js';
import { type Caller, hubCaller } from '../access/caller.js';
import type { Services } from '../flow/services.js';
import type { Tracer } from '../model/trace.js';
import type { Reader } from '../read/reader.js';
import { auditRefusals } from './audit-refusals.js';
import type { CallerLimits } from './caller-limits.js';
import { createOperationCheck } from './check-operation.js';
import { registerGraphql } from './graphql.js';
import { registerRest } from './rest/register-rest.js';
import { createRunCompiled } from './run-compiled.js';
import { ingestBySchema, type Sender } from './webhooks/ingest-by-schema.js';
import { registerWebhooks } from './webhooks/register-webhooks.js';
import { serveWebSocket, type WebSocketTransport } from './websocket.js';

export interface ApiDeps {
  schema: GraphQLSchema;
  reader: Reader;
  services: Services;
  authenticate: Authenticate;
  limits: CallerLimits;
  tracer: Tracer | null;
  /** Who is at the other end of a request, behind trusted proxies. */
  addressOf(request: IncomingMessage): string;
}

/** What the hub itself runs operations as. */
const HUB: Caller = { ...hubCaller(null), role: 'admin' };

/**
 * Asks whom a key of the hub's belongs to that came with a webhook, which is then taken as by that caller; anybody else's word is
 * judged by the integration, as the hub.
 */
function senderOf({ apiKey, address, requestId }: Sender, authenticate: Authenticate): HubContext['sender'] {
  if (typeof apiKey !== 'string' || !looksLikeApiKey(apiKey)) return undefined;
  return () => authenticate({ apiKey, address: address ?? undefined, requestId });
}

/** GraphQL on both transports, and the addresses that run its operations. The sockets are drained by whoever stops it. */
export async function registerApi(server: FastifyInstance, deps: ApiDeps): Promise<WebSocketTransport> {
  const { schema, services, authenticate } = deps;
  const reader = auditRefusals(deps.reader, services);
  const contextFor = (caller: Caller, requestId: string): HubContext => ({
    services,
    caller,
    requestId,
    reader,
  });
  deps.limits.register(server);
  await registerGraphql(server, { schema, reader, authenticate, services });
  const run = createRunCompiled(schema);
  await registerWebhooks(server, {
    ingest: ingestBySchema(async (document, variables, sender) =>
      run({ ...contextFor(HUB, sender.requestId), sender: senderOf(sender, authenticate) }, document, variables),
    ),
    pool: services.db.pool,
  });
  await registerRest(server, { authenticate, contextFor, services });
  return serveWebSocket(server.server, {
    schema,
    authenticate,
    admit: async (caller) => {
      await deps.limits.take(caller).catch((error: unknown) => {
        services.noteSecurityEvent('CALLER_LIMITED');
        throw error;
      });
    },
    check: createOperationCheck(schema),
    execute: (request) => reader.execute(request),
    contextFor,
    tracer: deps.tracer,
    addressOf: deps.addressOf,
    log: services.log,
  });
}
