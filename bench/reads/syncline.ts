import fastify from 'fastify';
import { pino } from 'pino';
import { buildHubSchema } from '../../dist/schema/build.js';
import { openDatabase } from '../../dist/src/db/database.js';
import { registerGraphql } from '../../dist/src/http/graphql.js';
import { createReader } from '../../dist/src/read/create-reader.js';

/** The product's own pipeline: Fastify, Apollo Server, limits, the planner. `m1` limits the caller to its merchant. */
const [url, port] = process.argv.slice(2);
const db = await openDatabase(String(url), () => {});
const schema = buildHubSchema();
const caller = {
  subject: 'bench',
  role: 'admin',
  merchantId: 'm1',
  permissions: [],
  via: 'jwt',
  expiresAt: null,
} as const;
const app = fastify();
await registerGraphql(app, {
  schema,
  reader: createReader({ schema, db }),
  authenticate: async () => caller,
  services: { db, log: pino({ level: 'silent' }) } as never,
  connectors: [],
});
await app.listen({ port: Number(port), host: '127.0.0.1' });
console.log('ready');
