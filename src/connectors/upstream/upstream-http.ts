import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { finished } from 'node:stream/promises';
import got, { type OptionsInit, type Request, RequestError, TimeoutError } from 'got';
import type { Logger } from 'pino';
import { RequestFilteringHttpAgent, RequestFilteringHttpsAgent } from 'request-filtering-agent';
import { HubError } from '../../errors.js';
import { currentTraceparent, inSpan } from '../../model/trace.js';
import { addExchange } from './exchanges.js';
import { explainNetwork } from './explain-network.js';
import type { Exchange, UpstreamHttp, UpstreamRequest, UpstreamResponse } from './http.js';
import { maskHeaders, maskText, maskUrl, secretsOf } from './mask.js';

/** More than any answer of an order or a page of records; an endless one would fill the memory. */
const MOST_BODY_BYTES = 4 * 1024 * 1024;
/** What an attempt keeps of a body. */
const KEPT_BODY_BYTES = 16 * 1024;

export interface UpstreamHttpOptions {
  /** Whether `http:` addresses are refused: always outside development. */
  httpsOnly: boolean;
  /** Whether addresses of private networks, this machine's among them, are refused; default false. */
  publicOnly?: boolean;
  /** Told of each exchange at the level `debug`, its secrets masked; left out: nothing is. */
  log?: Logger;
}

/** The client that all connectors share. `close` ends the kept connections. */
export function createUpstreamHttp(options: UpstreamHttpOptions): UpstreamHttp & { close(): void } {
  const agents = options.publicOnly
    ? { http: new RequestFilteringHttpAgent(), https: new RequestFilteringHttpsAgent() }
    : { http: new HttpAgent({ keepAlive: true }), https: new HttpsAgent({ keepAlive: true }) };
  return {
    async send(request) {
      checkUpstreamUrl(request.url, options.httpsOnly);
      return sendTraced(request, agents, options.log);
    },
    close() {
      agents.http.destroy();
      agents.https.destroy();
    },
  };
}

/** @throws HubError BAD_USER_INPUT when the hub may not call this address */
export function checkUpstreamUrl(url: string, httpsOnly: boolean): void {
  const protocol = URL.canParse(url) ? new URL(url).protocol : null;
  if (protocol === 'https:' || (protocol === 'http:' && !httpsOnly)) return;
  const found = protocol === 'http:' ? 'http: is refused outside development' : 'this is no http(s) address';
  throw new HubError('BAD_USER_INPUT', `${found}; give the upstream's address with https:`, {
    path: ['settings', 'baseUrl'],
  });
}

type Agents = NonNullable<OptionsInit['agent']>;
interface Answer {
  status: number;
  headers: Record<string, string | undefined>;
  body: Buffer;
}

/** A span of the trace that is being followed, where spans are recorded. */
function sendTraced(request: UpstreamRequest, agent: Agents, log?: Logger): Promise<UpstreamResponse> {
  const { method, url } = request;
  const { host, pathname } = new URL(url);
  const attributes = { 'http.request.method': method, 'server.address': host, 'url.path': pathname };
  return inSpan({ name: `${method} ${host}`, kind: 'client', attributes }, async (set) => {
    const answer = await sendRecorded(request, agent, log);
    set('http.response.status_code', answer.status);
    return answer;
  });
}

async function sendRecorded(request: UpstreamRequest, agent: Agents, log?: Logger): Promise<UpstreamResponse> {
  const secrets = secretsOf(request.headers ?? {}, request.secrets);
  const mask = (text: string) => maskText(text, secrets);
  const startedAt = performance.now();
  const record = (answer: Answer | null, error: string | null) => {
    const durationMs = Math.round(performance.now() - startedAt);
    const exchange = { ...describe(request, answer, secrets), durationMs, error };
    addExchange(exchange);
    log?.debug({ exchange }, 'exchange with a system');
  };
  try {
    const answer = await exchange(request, agent);
    record(answer, null);
    return {
      status: answer.status,
      headers: answer.headers,
      body: answer.body.toString('utf8'),
      isRead: isRead(request),
      mask,
    };
  } catch (thrown) {
    const error = explain(thrown, request, mask);
    record(null, error.message);
    throw error;
  }
}

const isRead = ({ method, isRead: asks }: UpstreamRequest) => asks ?? method === 'GET';

async function exchange(request: UpstreamRequest, agent: Agents): Promise<Answer> {
  const traceparent = currentTraceparent();
  const stream = got.stream(request.url, {
    method: request.method,
    headers: { 'user-agent': 'syncline', ...(traceparent && { traceparent }), ...request.headers },
    body: request.body,
    timeout: { request: request.timeoutMs },
    retry: { limit: 0 },
    followRedirect: false,
    throwHttpErrors: false,
    agent,
  });
  if (request.body === undefined && request.method !== 'GET') stream.end();
  const body = await readBounded(stream);
  const response = stream.response;
  if (!response) throw new HubError('UPSTREAM_BAD_RESPONSE', 'The upstream closed the connection without an answer.');
  return { status: response.statusCode, headers: flatten(response.headers), body };
}

async function readBounded(stream: Request): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  stream.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > MOST_BODY_BYTES) {
      const most = `${MOST_BODY_BYTES / 1024 / 1024} MiB`;
      stream.destroy(
        new HubError('UPSTREAM_BAD_RESPONSE', `The upstream's answer is over ${most}; reading was stopped.`),
      );
    } else chunks.push(chunk);
  });
  await finished(stream, { writable: false });
  return Buffer.concat(chunks);
}

function flatten(headers: NodeJS.Dict<string | string[]>): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  );
}

function explain(thrown: unknown, request: UpstreamRequest, mask: (text: string) => string): HubError {
  if (thrown instanceof HubError) return thrown;
  const cause = thrown instanceof RequestError && thrown.cause instanceof HubError ? thrown.cause : null;
  if (cause) return cause;
  const { host } = new URL(request.url);
  if (thrown instanceof TimeoutError) {
    const effect = isRead(request) ? '' : '; the call may have had its effect';
    return new HubError('UPSTREAM_TIMEOUT', `${host} did not answer in full within ${request.timeoutMs} ms${effect}.`);
  }
  const reason = thrown instanceof Error ? mask(thrown.message) : 'unknown';
  const answered = thrown instanceof RequestError && thrown.response !== undefined;
  return answered
    ? new HubError('UPSTREAM_BAD_RESPONSE', `${host} broke off its answer: ${reason}`)
    : new HubError('UPSTREAM_UNREACHABLE', `No answer from ${host}: ${explainNetwork(codeOf(thrown), reason)}`);
}

const codeOf = (thrown: unknown) => (thrown instanceof RequestError ? thrown.code : undefined);

function describe(
  request: UpstreamRequest,
  answer: Answer | null,
  secrets: string[],
): Pick<Exchange, 'request' | 'response'> {
  return {
    request: {
      method: request.method,
      url: maskUrl(request.url, secrets),
      headers: maskHeaders(request.headers ?? {}, secrets),
      ...describeBody(Buffer.from(request.body ?? ''), secrets),
    },
    response: answer && {
      status: answer.status,
      headers: maskHeaders(answer.headers, secrets),
      ...describeBody(answer.body, secrets),
    },
  };
}

/** Masked before it is cut, so that the cut leaves no half secret behind. */
function describeBody(body: Buffer, secrets: string[]): { body: string | null; bodyBytes: number } {
  if (body.length === 0) return { body: null, bodyBytes: 0 };
  const text = maskText(body.toString('utf8'), secrets).replaceAll('\0', '�');
  const cut =
    text.length > KEPT_BODY_BYTES ? `${text.slice(0, KEPT_BODY_BYTES)}… (cut; ${body.length} bytes in all)` : text;
  return { body: cut.toWellFormed(), bodyBytes: body.length };
}
