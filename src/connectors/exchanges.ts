import { AsyncLocalStorage } from 'node:async_hooks';
import type { Exchange } from './http.js';

const current = new AsyncLocalStorage<Exchange[]>();

/**
 * Runs `work` and adds every exchange that it has with an upstream to `exchanges`, in the order in which they end;
 * they are there even when `work` throws.
 */
export function recordExchanges<T>(exchanges: Exchange[], work: () => Promise<T>): Promise<T> {
  return current.run(exchanges, work);
}

/** Called by the upstream client after each request. */
export function addExchange(exchange: Exchange): void {
  current.getStore()?.push(exchange);
}
