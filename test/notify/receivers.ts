import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { IncomingHttpHeaders } from 'node:http';
import { startServer } from '../connectors/local-server.js';

export interface Mail {
  to: string[];
  /** Headers and body as they came over the wire. */
  text: string;
}

/** A real mail server in another process. */
export async function startMailServer(): Promise<{ url: string; mails: Mail[]; stop(): void }> {
  const child = fork(new URL('./mail-server.js', import.meta.url));
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  // A test that fails in the middle must not wait for it.
  child.unref();
  child.channel?.unref();
  const mails: Mail[] = [];
  child.on('message', (mail: Mail) => mails.push(mail));
  return { url: `smtp://127.0.0.1:${port}`, mails, stop: () => void child.kill() };
}

export interface Posted {
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/** A real receiver of HTTP posts; answers with the statuses given, one each, and with 200 after them. */
export async function startReceiver(): Promise<{ url: string; posts: Posted[]; statuses: number[]; stop(): void }> {
  const posts: Posted[] = [];
  const statuses: number[] = [];
  const server = await startServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { url: path = '', headers } = request;
    posts.push({ path, headers, body: Buffer.concat(chunks).toString('utf8') });
    response.writeHead(statuses.shift() ?? 200).end('ok');
  });
  return { ...server, posts, statuses };
}
