import { createHash } from 'node:crypto';
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify, type RouteOptions } from 'fastify';
import { errorEnvelope } from '../envelope.js';
import { ERROR_ENVELOPE, jsonSchema } from './describe-route.js';
import { SCHEMES } from './schemes.js';

const ABOUT = `The addresses that other systems call, and REST shims over the GraphQL schema at \`/graphql\`, which has everything.

A good answer is \`{ success: true, data, timestamp, requestId }\` unless its own schema says otherwise; a refused one is the
error envelope, whose \`code\` is one of the closed list that the query \`errorCodes\` explains.`;

/** A REST address with what makes its documentation. */
type DescribedRoute = Pick<RouteOptions, 'method' | 'url' | 'config'>;

/** A body that may be null need not be sent. */
function letBodiesBeLeftOut<Document extends { paths?: object }>(document: Document): Document {
  for (const operations of Object.values(document.paths ?? {})) {
    for (const { requestBody } of Object.values(operations as Record<string, { requestBody?: RequestBody }>)) {
      const schema = requestBody?.content['application/json']?.schema;
      if (requestBody && schema?.anyOf?.some(({ type }) => type === 'null')) requestBody.required = false;
    }
  }
  return document;
}

interface RequestBody {
  required?: boolean;
  content: Record<string, { schema?: { anyOf?: { type?: string }[] } }>;
}

const PATHS = ['', '/', '/openapi.json', '/openapi.yaml', '/js/scalar.js'];

/**
 * `/docs`: the reference for people; `/docs/openapi.json`: the document that it shows, with every route that is registered
 * after this by `registerRoute`. What makes them is large, and is loaded when somebody first asks.
 */
export function registerDocs(server: FastifyInstance): void {
  const routes: DescribedRoute[] = [];
  server.addHook('onRoute', ({ method, url, config }) => {
    if (config?.swaggerTransform && method !== 'HEAD') routes.push({ method, url, config });
  });
  let opening: Promise<FastifyInstance> | undefined;
  const answer = async ({ url }: FastifyRequest, reply: FastifyReply) => {
    // One that has failed is not kept: the next who asks tries again.
    opening ??= openReference(routes).catch((error: unknown) => {
      opening = undefined;
      throw error;
    });
    const { statusCode, headers, rawPayload } = await (await opening).inject(url);
    const { connection: _, date: __, ...told } = headers;
    reply.code(statusCode).headers(told);
    if (String(headers['content-type']).startsWith('text/html'))
      reply.header('content-security-policy', contentSecurityPolicy(rawPayload.toString()));
    return reply.send(rawPayload);
  };
  for (const path of PATHS) server.get(`/docs${path}`, { schema: { hide: true } }, answer);
}

/** A server that listens nowhere and answers only what documents the routes. */
async function openReference(routes: readonly DescribedRoute[]): Promise<FastifyInstance> {
  const { default: swagger } = await import('@fastify/swagger');
  const { default: reference } = await import('@scalar/fastify-api-reference');
  const server = fastify();
  server.addSchema({ $id: ERROR_ENVELOPE, ...jsonSchema(errorEnvelope, 'output') });
  await server.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Syncline', version: '1', description: ABOUT },
      components: { securitySchemes: SCHEMES },
    },
    transformObject: (written) => ('openapiObject' in written ? letBodiesBeLeftOut(written.openapiObject) : {}),
    refResolver: { buildLocalReference: ({ $id }) => String($id) },
  });
  for (const route of routes) server.route({ ...route, handler: () => null });
  await server.register(reference, {
    routePrefix: '/docs',
    // What is switched off would send people, or the document, to the vendor's own pages.
    configuration: {
      withDefaultFonts: false,
      hideClientButton: true,
      showDeveloperTools: 'never',
      mcp: { disabled: true },
      agent: { disabled: true },
      telemetry: false,
      favicon: 'data:,',
    },
  });
  return server;
}

/** The page runs what the hub serves and the script that starts it, and asks no other host for anything. */
function contentSecurityPolicy(html: string): string {
  const inline = [...html.matchAll(/<script(?![^>]*\ssrc=)[^>]*>(.*?)<\/script>/gs)];
  const hashes = inline.map(([, script = '']) => `'sha256-${sha256(script)}'`);
  return [
    "default-src 'self'",
    ["script-src 'self'", ...hashes].join(' '),
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    "frame-ancestors 'none'",
  ].join('; ');
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}
