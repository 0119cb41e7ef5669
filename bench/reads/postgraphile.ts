import { createServer } from 'node:http';
import { postgraphile } from 'postgraphile';
import { makePgService } from 'postgraphile/adaptors/pg';
import { grafserv } from 'postgraphile/grafserv/node';
import { PostGraphileAmberPreset } from 'postgraphile/presets/amber';

/** PostGraphile 5 as its documentation sets it up for production, lists beside connections, no IDE, no explain. */
const [url, port] = process.argv.slice(2);
const instance = postgraphile({
  extends: [PostGraphileAmberPreset],
  pgServices: [makePgService({ connectionString: url, schemas: ['public'], poolConfig: { max: 6 } } as never)],
  schema: { defaultBehavior: '+list +connection' } as never,
  grafserv: { graphiql: false, watch: false, graphqlPath: '/graphql', websockets: false },
  grafast: { explain: false },
});
const server = createServer();
await instance.createServ(grafserv).addTo(server);
server.listen(Number(port), '127.0.0.1', () => console.log('ready'));
if (process.env['PRINT_SCHEMA']) {
  const { printSchema } = await import('postgraphile/graphql');
  console.log(printSchema((await instance.getSchemaResult()).schema));
}
