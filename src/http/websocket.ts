import type { Server as HttpServer, IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { handleProtocols } from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';
import { HubError } from '../errors.js';
import { CLOSE, LiveSocket } from './live-socket.js';
import { type SocketOperationsDeps, type SocketOperationsLimits, serveOperations } from './socket-operations.js';

export interface WebSocketLimits extends SocketOperationsLimits {
  /** Sockets of this process, and of one address. */
  sockets: number;
  socketsPerAddress: number;
  /** Largest message that is read. */
  messageBytes: number;
  /** Most that may wait to be sent on one socket. */
  bufferedBytes: number;
  /** A socket that does not answer a ping within this time is closed. */
  keepAliveMs: number;
}

const WEBSOCKET_LIMITS: WebSocketLimits = {
  sockets: 5_000,
  socketsPerAddress: 500,
  messageBytes: 128 * 1024,
  bufferedBytes: 1024 * 1024,
  keepAliveMs: 12_000,
  initMs: 3_000,
  operationsPerSocket: 100,
  recheckMs: 60_000,
};

export interface WebSocketDeps extends SocketOperationsDeps {
  /** Those left out are as in {@link WEBSOCKET_LIMITS}. */
  limits?: Partial<WebSocketLimits>;
  /** Who is at the other end; left out: whoever the connection is from. */
  addressOf?: (request: IncomingMessage) => string;
}

export interface WebSocketTransport {
  /** Sockets that are open. */
  count(): number;
  /** Takes no more, lets queries and mutations answer for a moment, and closes the rest so that clients connect elsewhere. */
  stop(): Promise<void>;
}

const PATH = '/graphql';
const DRAIN_MS = 2_000;

/** GraphQL by `graphql-transport-ws` at `/graphql`, on the port of an HTTP server; limits as HTTP has them and its own. */
export function serveWebSocket(server: HttpServer, deps: WebSocketDeps): WebSocketTransport {
  return new Transport(server, deps);
}

class Transport implements WebSocketTransport {
  private readonly limits: WebSocketLimits;
  private readonly sockets = new Set<LiveSocket>();
  private readonly running = new Set<Promise<unknown>>();
  private readonly upgrades: WebSocketServer;
  private readonly operations: ReturnType<typeof serveOperations>;
  private readonly onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) =>
    this.upgrade(request, socket, head);

  constructor(
    private readonly server: HttpServer,
    private readonly deps: WebSocketDeps,
  ) {
    this.limits = { ...WEBSOCKET_LIMITS, ...deps.limits };
    this.upgrades = new WebSocketServer({ noServer: true, maxPayload: this.limits.messageBytes, handleProtocols });
    this.operations = serveOperations(
      { ...deps, execute: (request) => this.track(deps.execute(request)) },
      this.limits,
    );
    server.on('upgrade', this.onUpgrade);
  }

  count(): number {
    return this.sockets.size;
  }

  async stop(): Promise<void> {
    this.server.off('upgrade', this.onUpgrade);
    await atMost(DRAIN_MS, Promise.allSettled(this.running));
    const closed = [...this.upgrades.clients].map((client) => new Promise((resolve) => client.once('close', resolve)));
    for (const socket of this.sockets)
      socket.close(CLOSE.RESTART, 'The hub stops. Connect again and go on with `after`.');
    await atMost(DRAIN_MS, Promise.all(closed));
    for (const client of this.upgrades.clients) client.terminate();
    this.upgrades.close();
  }

  private track<T>(work: Promise<T>): Promise<T> {
    this.running.add(work);
    void work.catch(() => {}).finally(() => this.running.delete(work));
    return work;
  }

  private upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    const refusal = this.refusal(request);
    if (refusal) refuse(socket, refusal);
    else this.upgrades.handleUpgrade(request, socket, head, (client) => this.take(client, request));
  }

  private addressOf(request: IncomingMessage): string {
    return this.deps.addressOf?.(request) ?? request.socket.remoteAddress ?? 'unknown';
  }

  private refusal(request: IncomingMessage): string | null {
    if (request.url?.split('?')[0] !== PATH) return '404 Not Found';
    const address = this.addressOf(request);
    const sameAddress = [...this.sockets].filter((open) => open.address === address).length;
    if (sameAddress >= this.limits.socketsPerAddress) return '429 Too Many Requests';
    return this.sockets.size >= this.limits.sockets ? '503 Service Unavailable' : null;
  }

  private take(client: WebSocket, request: IncomingMessage): void {
    const live = new LiveSocket(client, this.addressOf(request), this.limits);
    this.sockets.add(live);
    const protocol = live.protocol((error) => this.fail(live, error));
    const closed = this.operations.opened(protocol, live);
    client.on('error', (error) => this.deps.log.debug({ err: error }, 'A WebSocket failed'));
    client.once('close', (code, reason) => {
      this.sockets.delete(live);
      void closed(code, String(reason));
    });
  }

  private fail(socket: LiveSocket, error: unknown): void {
    if (error instanceof HubError) {
      const isRefused = error.code === 'UNAUTHENTICATED' || error.code === 'FORBIDDEN';
      socket.close(isRefused ? CLOSE.FORBIDDEN : CLOSE.TRY_AGAIN, error.message);
    } else {
      this.deps.log.debug({ err: error }, 'A WebSocket message was not understood');
      socket.close(CLOSE.BAD_REQUEST, 'The message was not understood.');
    }
  }
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nRetry-After: 5\r\nContent-Length: 0\r\n\r\n`);
}

async function atMost(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([
    work,
    new Promise((resolve) => {
      timer = setTimeout(resolve, ms);
    }),
  ]);
  clearTimeout(timer);
}
