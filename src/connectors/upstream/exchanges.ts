import { AsyncLocalStorage } from 'node:async_hooks';
import type { Exchange } from './http.js';

/** Takes exchanges as they end: an array, or what keeps only some of them. */
export interface ExchangeSink {
  push(exchange: Exchange): unknown;
}

const current = new AsyncLocalStorage<ExchangeSink>();

/**
 * Runs `work` and adds every exchange that it has with an upstream to `exchanges`, in the order in which they end;
 * they are there even when `work` throws.
 */
export function recordExchanges<T>(exchanges: ExchangeSink, work: () => Promise<T>): Promise<T> {
  return current.run(exchanges, work);
}

/** Called by the upstream client after each request. */
export function addExchange(exchange: Exchange): void {
  current.getStore()?.push(exchange);
}
