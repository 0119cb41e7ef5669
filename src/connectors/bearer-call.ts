import type { UpstreamHttp, UpstreamRequest, UpstreamResponse } from './http.js';

/** One call below a base address; `body` is JSON text. */
export type BearerCall = Pick<UpstreamRequest, 'method' | 'body'> & { path: string };

/** Whom to call, and as whom. */
export interface BearerCaller {
  http: UpstreamHttp;
  tokens: { get(): Promise<string>; drop(token: string): void };
  /** With its last slash. */
  baseUrl: string;
  timeoutMs: number;
  secrets: UpstreamRequest['secrets'];
}

/** Calls with a token that may become void at any time: then it signs in once more and repeats the call. */
export function createBearerCall({ http, tokens, baseUrl, timeoutMs, secrets }: BearerCaller) {
  const sendWith = (token: string, { method, path, body }: BearerCall) =>
    http.send({
      method,
      url: baseUrl + path,
      headers: {
        accept: 'application/json',
        authorization: `Bearer ${token}`,
        ...(body !== undefined && { 'content-type': 'application/json; charset=utf-8' }),
      },
      body,
      timeoutMs,
      secrets,
    });
  return async (request: BearerCall): Promise<UpstreamResponse> => {
    const token = await tokens.get();
    const first = await sendWith(token, request);
    // A void token is refused before anything is done: to repeat is safe.
    if (first.status !== 401) return first;
    tokens.drop(token);
    return sendWith(await tokens.get(), request);
  };
}

/** Behind the question mark. */
export function queryText(parameters: Record<string, string | number>): string {
  return Object.entries(parameters)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&');
}
