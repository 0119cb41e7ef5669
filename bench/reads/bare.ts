import { createServer } from 'node:http';
import { parse } from 'graphql';
import { buildHubSchema } from '../../dist/schema/build.js';
import { openDatabase } from '../../dist/src/db/database.js';
import { createReader } from '../../dist/src/read/create-reader.js';
import { hubQuery, operations } from './operations.ts';

/** The planner's own statements, prepared, over node:http: what no GraphQL server can beat. `/<n>` runs operation n. */
const [url, port, seed] = process.argv.slice(2);
const db = await openDatabase(String(url), () => {});
const reader = createReader({ schema: buildHubSchema(), db });
const caller = {
  subject: 'bench',
  role: 'admin',
  merchantId: 'm1',
  permissions: [],
  via: 'jwt',
  expiresAt: null,
} as const;
const statements: object[] = [];
for (const { name, field } of operations(Number(seed))) {
  statements.push({ ...(await statementOf(hubQuery(field))), name: `bare ${name}`, rowMode: 'array' });
}

/** Caught on its way to the pool. */
async function statementOf(query: string): Promise<{ text: string; values: unknown[] }> {
  const run = db.pool.query;
  let caught = { text: '', values: [] as unknown[] };
  db.pool.query = (async (statement: typeof caught) => {
    caught = { text: statement.text, values: statement.values };
    return { rows: [['{}']] };
  }) as never;
  await reader.execute({ document: parse(query), context: { caller } });
  db.pool.query = run;
  return caught;
}

createServer(async (request, response) => {
  for await (const _ of request);
  const { rows } = await db.pool.query(statements[Number(request.url?.slice(1))] as never);
  const text = `{"data":${(rows as unknown as string[][])[0]?.[0]}}`;
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
  response.end(text);
}).listen(Number(port), '127.0.0.1', () => console.log('ready'));
