import type { IncomingMessage } from 'node:http';
import proxyaddr from '@fastify/proxy-addr';

/**
 * Makes what tells who is at the other end: the first address, from here on, that is no trusted proxy's. Requests that
 * Fastify takes have it as `ip`; an upgrade to a socket passes Fastify by.
 */
export function createAddressOf(trustedProxies: readonly string[]): (request: IncomingMessage) => string {
  const trusts = proxyaddr.compile([...trustedProxies]);
  return (request) => proxyaddr(request, trusts) ?? 'unknown';
}
