import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A receiver of OTLP over HTTP in a process of its own. Tells its parent the port, then each body that is posted. */
const server = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const isTraces = request.url === '/v1/traces' && request.headers['content-type'] === 'application/json';
  if (isTraces) process.send?.(Buffer.concat(chunks).toString('utf8'));
  response.writeHead(isTraces ? 200 : 400, { 'content-type': 'application/json' }).end('{"partialSuccess":{}}');
});
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.on('disconnect', () => process.exit());
