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
  /** Lower-case names. */
  headers: Record<string, string | undefined>;
  body: string;
  /** Whether the request changed nothing there, whatever became of it. */
  isRead: boolean;
  /** Replaces, in text that is shown or kept, what the request carried as credentials. */
  mask(text: string): string;
}

export interface UpstreamRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  url: string;
  headers?: Record<string, string>;
  /** Already serialised; sent as these bytes. */
  body?: string;
  /** A question, or a sign-in, that is asked by POST; a GET is one anyway. */
  isRead?: true;
  /** Bound of the whole call, the answer's body included. */
  timeoutMs: number;
  /** Credentials that are not sent, masked all the same wherever the upstream says them. */
  secrets?: readonly string[];
}

/**
 * The one way that connectors reach an upstream. Follows no redirect, reads at most 4 MiB, stops a dripping body at
 * the timeout, never repeats a request by itself: the dispatcher decides whether there is another attempt.
 * Each request is recorded by `recordExchanges` (`exchanges.ts`).
 */
export interface UpstreamHttp {
  /**
   * Answers with whatever status came; `classify.ts` judges it.
   * @throws HubError UPSTREAM_TIMEOUT, UPSTREAM_UNREACHABLE, UPSTREAM_BAD_RESPONSE (body over the limit or broken off),
   * BAD_USER_INPUT (an address that may not be called, for example `http:` outside development)
   */
  send(request: UpstreamRequest): Promise<UpstreamResponse>;
}
