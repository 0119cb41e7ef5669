import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type GraphQLError, type GraphQLSchema, parse, validate } from 'graphql';
import { type Client, createClient } from 'graphql-ws';
import pino from 'pino';
import WebSocket from 'ws';
import { buildHubSchema } from '../../schema/build.js';
import type { HubContext } from '../../schema/context.js';
import { createAuthenticate } from '../../src/access/authenticate.js';
import { issueToken, type TokenClaims } from '../../src/access/token.js';
import { type Database, sqlOn } from '../../src/db/database.js';
import type { Feed } from '../../src/feed/feed.js';
import { serveWebSocket, type WebSocketLimits, type WebSocketTransport } from '../../src/http/websocket.js';
import { createReader } from '../../src/read/create-reader.js';

const tokens = { secret: 'a-secret-of-the-test-run-only-32' };

/** The WebSocket transport on a port of its own, over a real feed and real tokens. */
export interface SocketServer {
  url: string;
  transport: WebSocketTransport;
  token(claims?: Partial<TokenClaims>, ttlSeconds?: number): Promise<string>;
  /** A client that does not connect again by itself. */
  client(authorization: string): Client;
  /** Resolves when so many subscriptions in all have begun, which the protocol does not tell. */
  begun(count: number): Promise<void>;
  stop(): Promise<void>;
}

export async function startSocketServer(more: {
  db: Database;
  feed: Feed;
  limits?: Partial<WebSocketLimits>;
}): Promise<SocketServer> {
  const schema = buildHubSchema();
  const reader = createReader({ schema, db: more.db });
  const log = pino({ level: 'silent' });
  const server = createServer();
  const begun = countSubscriptions(more.feed);
  const transport = serveWebSocket(server, {
    schema,
    authenticate: createAuthenticate({ sql: sqlOn(more.db.pool), tokens, logger: log }),
    admit: async () => {},
    check: ({ query }) => check(schema, query),
    execute: reader.execute,
    contextFor: (caller, requestId) =>
      ({
        caller,
        requestId,
        reader,
        services: { connectors: [], feed: begun.feed, db: more.db },
      }) as unknown as HubContext,
    tracer: null,
    log,
    limits: more.limits,
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
  return {
    url,
    transport,
    token: (claims, ttlSeconds = 600) => issueToken(tokens, { sub: 'tester', role: 'admin', ...claims }, ttlSeconds),
    client: (authorization) =>
      createClient({
        url,
        webSocketImpl: WebSocket,
        retryAttempts: 0,
        lazy: true,
        connectionParams: { Authorization: authorization },
      }),
    begun: begun.reached,
    stop: async () => {
      await transport.stop();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function countSubscriptions(feed: Feed) {
  let count = 0;
  let told = () => {};
  return {
    feed: {
      ...feed,
      subscribe: async (...args: Parameters<Feed['subscribe']>) => {
        const changes = await feed.subscribe(...args);
        count += 1;
        told();
        return changes;
      },
    },
    reached: async (wanted: number) => {
      while (count < wanted) {
        await new Promise<void>((resolve) => {
          told = resolve;
        });
      }
    },
  };
}

function check(schema: GraphQLSchema, query: string) {
  try {
    const document = parse(query);
    const errors = validate(schema, document);
    return errors.length > 0 ? errors : document;
  } catch (error) {
    return [error as GraphQLError];
  }
}

/** What a socket is told when it closes. */
export function closing(socket: WebSocket): Promise<{ code: number; reason: string }> {
  return new Promise((resolve) => {
    socket.once('close', (code, reason) => resolve({ code, reason: String(reason) }));
  });
}
