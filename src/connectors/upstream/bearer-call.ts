import type { UpstreamHttp, UpstreamRequest, UpstreamResponse } from './http.js';
import type { FreshToken, TokenStore } from './tokens.js';

/** One call below a base address; `body` is JSON text. A write has its key, the same whenever it is repeated. */
export type BearerCall = Pick<UpstreamRequest, 'method' | 'body' | 'isRead'> & {
  path: string;
  idempotencyKey?: string;
};

/** Whom to call, and as whom. */
export interface BearerCaller {
  http: UpstreamHttp;
  tokens: TokenStore;
  signIn(): Promise<FreshToken>;
  /** With its last slash. */
  baseUrl: string;
  timeoutMs: number;
  secrets: readonly string[];
}

/** Calls with a token that may become void at any time: then it signs in once more and repeats the call. */
export function createBearerCall(caller: BearerCaller) {
  const send = async (call: BearerCall, refused?: string, isLast = false): Promise<UpstreamResponse> => {
    let isFresh = false;
    const signIn = () => {
      isFresh = true;
      return caller.signIn();
    };
    const token = await caller.tokens.get(signIn, refused);
    const response = await sendWith(caller, token, call);
    // A void token is refused before anything is done: to repeat is safe.
    if (response.status !== 401 || isLast) return response;
    // A kept token may be another process's and as void: only one that was got for this call tells that nothing helps.
    return refused !== undefined && isFresh ? response : send(call, token, refused !== undefined);
  };
  return (call: BearerCall) => send(call);
}

function sendWith({ http, baseUrl, timeoutMs, secrets }: BearerCaller, token: string, call: BearerCall) {
  const { method, path, body, isRead, idempotencyKey } = call;
  return http.send({
    method,
    url: baseUrl + path,
    headers: {
      accept: 'application/json',
      authorization: `Bearer ${token}`,
      ...(body !== undefined && { 'content-type': 'application/json; charset=utf-8' }),
      ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
    },
    body,
    ...(isRead && { isRead }),
    timeoutMs,
    secrets: [...secrets, token],
  });
}

/** Behind the question mark; what is undefined is left out. */
export function queryText(parameters: Record<string, string | number | undefined>): string {
  return Object.entries(parameters)
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`]))
    .join('&');
}
