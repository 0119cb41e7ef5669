/** One request and its answer, as the attempt keeps them: secrets masked, bodies cut with their size noted. */
export interface Exchange {
  request: { method: string; url: string; headers: Record<string, string>; body: string | null; bodyBytes: number };
  response: { status: number; headers: Record<string, string>; body: string | null; bodyBytes: number } | null;
  durationMs: number;
  error: string | null;
}

/** A bounded answer: never more than the limit is read, however much the upstream sends. */
export interface UpstreamResponse {
  status: number;
  headers: Record<string, string | undefined>;
  body: string;
}

export interface UpstreamRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  url: string;
  headers?: Record<string, string>;
  /** Already serialised; sent as these bytes. */
  body?: string;
  timeoutMs: number;
}

/**
 * The one way that connectors reach an upstream. Follows no redirect, reads at most 4 MiB, stops a dripping body at
 * the timeout, never repeats a request by itself: the dispatcher decides whether there is another attempt.
 */
export interface UpstreamHttp {
  /** @throws HubError UPSTREAM_TIMEOUT, UPSTREAM_UNREACHABLE or UPSTREAM_BAD_RESPONSE (body over the limit) */
  send(request: UpstreamRequest): Promise<UpstreamResponse>;
}
