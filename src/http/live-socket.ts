import type { WebSocket as ProtocolSocket } from 'graphql-ws';
import type { WebSocket } from 'ws';
import type { Caller } from '../access/caller.js';
import { refuseLostNumbers } from './refuse-lost-numbers.js';

/** Close codes of the hub's own, beside those of `graphql-transport-ws`; a client that gets one may connect again. */
export const CLOSE = {
  /** Credentials refused, or no longer valid. Connect again with new ones. */
  FORBIDDEN: 4403,
  /** More waited to be sent than the hub keeps, or a ping went unanswered. Connect again and go on with `after`. */
  SLOW_CONSUMER: 4503,
  /** The hub stops. Another instance, or the next one, goes on. */
  RESTART: 1012,
  TRY_AGAIN: 1013,
  BAD_REQUEST: 4400,
} as const;

/** A client that is gone cannot answer its close frame: it is cut off after this time. */
const CUT_OFF_MS = 2_000;
/** A slow one has much to read before its close frame, which says why. */
const SLOW_CUT_OFF_MS = 20_000;
const SLOW = 'Read faster, or connect again and go on with the last cursor.';
const REASON_BYTES = 120;

/** One WebSocket of one client, and who that is. */
export class LiveSocket {
  caller: Caller | null = null;
  private heard = true;
  private readonly keepAlive: NodeJS.Timeout;
  private readonly timers = new Set<NodeJS.Timeout>();

  constructor(
    private readonly socket: WebSocket,
    readonly address: string,
    private readonly limits: { bufferedBytes: number; keepAliveMs: number },
  ) {
    socket.on('pong', () => {
      this.heard = true;
    });
    this.keepAlive = setInterval(() => this.beat(), limits.keepAliveMs);
    socket.once('close', () => this.clear());
  }

  /** As graphql-ws wants it. `onFailure` gets what its handling of a message throws. */
  protocol(onFailure: (error: unknown) => void): ProtocolSocket {
    return {
      protocol: this.socket.protocol,
      send: (text) => this.send(text),
      close: (code, reason) => this.close(code ?? 1000, reason ?? ''),
      onMessage: (handle) => {
        this.socket.on('message', (data) => {
          const refusal = refuseLostNumbers(String(data));
          void (refusal ? this.send(refusal) : handle(String(data))).catch(onFailure);
        });
      },
    };
  }

  /** Runs `work` after a time, unless the socket is closed by then. */
  later(delayMs: number, work: () => void): void {
    if (this.socket.readyState !== this.socket.OPEN) return;
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      work();
    }, delayMs);
    this.timers.add(timer);
  }

  close(code: number, reason: string, cutOffMs = CUT_OFF_MS): void {
    const bytes = Buffer.from(reason);
    this.socket.close(code, bytes.length <= REASON_BYTES ? bytes : bytes.subarray(0, REASON_BYTES).toString());
    setTimeout(() => this.socket.terminate(), cutOffMs).unref();
  }

  /** Resolves when it is flushed to the network, which holds back who sends; a socket on which too much waits is closed. */
  private send(text: string): Promise<void> {
    if (this.socket.readyState !== this.socket.OPEN) return Promise.resolve();
    if (this.socket.bufferedAmount > this.limits.bufferedBytes) {
      this.close(CLOSE.SLOW_CONSUMER, SLOW, SLOW_CUT_OFF_MS);
      return Promise.resolve();
    }
    // A failed write ends in `close`, which ends the operations.
    return new Promise((resolve) => this.socket.send(text, () => resolve()));
  }

  private beat(): void {
    if (this.socket.readyState !== this.socket.OPEN) return;
    if (this.heard) this.socket.ping();
    else this.close(CLOSE.SLOW_CONSUMER, SLOW, SLOW_CUT_OFF_MS);
    this.heard = false;
  }

  private clear(): void {
    clearInterval(this.keepAlive);
    for (const timer of this.timers) clearTimeout(timer);
  }
}
