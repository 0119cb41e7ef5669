import type { FastifyInstance } from 'fastify';

interface Address {
  /** Fits the paths of it. */
  pattern: RegExp;
  methods: readonly string[];
}

/**
 * Notes every route that is registered after it. Answers what tells by which methods a path can be asked; none: there is
 * nothing. What takes any path, as the pages' files do, is no address.
 */
export function noteMethods(server: FastifyInstance): (path: string) => string[] {
  const addresses: Address[] = [];
  server.addHook('onRoute', ({ url, method }) => {
    if (url.endsWith('*')) return;
    const pattern = new RegExp(`^${url.replaceAll('.', '\\.').replaceAll(/:\w+/g, '[^/]+')}$`);
    addresses.push({ pattern, methods: [method].flat() });
  });
  return (path) => [
    ...new Set(addresses.filter(({ pattern }) => pattern.test(path)).flatMap(({ methods }) => methods)),
  ];
}
