import { z } from 'zod';
import { type ErrorCode, HubError, isRetryable } from '../../errors.js';
import type { DeliveryResult } from '../connector.js';
import { parseExactJson } from '../text/exact-json.js';
import type { UpstreamResponse } from './http.js';

/** An upstream's wish beyond this is no wait but an outage: the attempts run out and an operator sees it. */
const LONGEST_RETRY_AFTER_MS = 60 * 60 * 1000;
const LONGEST_MESSAGE = 300;
/** Of a body that is no JSON, what is looked at: cleaning a long one of its markup is slow. */
const LONGEST_UNCLEANED = 4096;

/** A call that reached the upstream and failed there. */
export class UpstreamError extends HubError {
  readonly httpStatus: number;

  constructor(code: ErrorCode, message: string, httpStatus: number, retryAfterMs?: number) {
    super(code, message, { retryAfterMs });
    this.name = 'UpstreamError';
    this.httpStatus = httpStatus;
  }
}

/** Runs one delivery and turns an expected failure into a value. Whether to retry is decided by the error's code alone. */
export async function deliverSafely(work: () => Promise<DeliveryResult>): Promise<DeliveryResult> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof HubError) return failedDelivery(error);
    throw error;
  }
}

/** An expected failure as a delivery's result. */
export function failedDelivery(error: HubError): DeliveryResult {
  const { code, message, retryAfterMs = null } = error;
  const httpStatus = error instanceof UpstreamError ? error.httpStatus : null;
  const failure = { code, message, httpStatus, cause: error };
  return isRetryable(code) ? { kind: 'retry', ...failure, retryAfterMs } : { kind: 'rejected', ...failure };
}

/** What vanished upstream is not made anew by itself: somebody there may have removed it on purpose. `what`: a whole clause. */
export function vanished(what: string, httpStatus = 404): UpstreamError {
  const advice = 'Have it restored there and retry, or skip this sync event.';
  return new UpstreamError('UPSTREAM_NOT_FOUND', `${what}. ${advice}`, httpStatus);
}

/** The one place that judges an upstream's answer. Null: it succeeded. */
export function classify(response: UpstreamResponse): UpstreamError | null {
  const { status } = response;
  if (status >= 200 && status < 300) return null;
  const retryAfterMs = readRetryAfter(response.headers);
  const said = upstreamMessage(response);
  return new UpstreamError(codeOf(status, retryAfterMs), `${adviceFor(status)}${said}`, status, retryAfterMs);
}

/**
 * Whether a 2xx came with no body, with `{}`, or with a word such as `OK` that is neither a web page nor what began as JSON:
 * the write is done, and the answer tells nothing of it.
 */
export function saysNothing(response: UpstreamResponse): boolean {
  const { body, headers } = response;
  if (classify(response) !== null) return false;
  if (/^\s*(\{\s*\})?\s*$/.test(body)) return true;
  return headers['content-type']?.startsWith('text/plain') === true && !/^\uFEFF?\s*["[{<]/.test(body);
}

/** For `catch`: this instead, where the upstream has nothing at that address; any other error goes on. */
export function unlessAbsent<T>(instead: T): (error: unknown) => T {
  return (error) => {
    if (error instanceof UpstreamError && ABSENT.has(error.httpStatus)) return instead;
    throw error;
  };
}
const ABSENT = new Set([404, 405]);

/**
 * The answer's JSON in the given shape; numbers are exact (`exact-json.ts`).
 * @throws UpstreamError with the code of {@link classify}; UPSTREAM_BAD_RESPONSE for HTML, broken JSON or another shape
 */
export function readAnswer<T>(response: UpstreamResponse, shape: z.ZodType<T>): T {
  const failure = classify(response);
  if (failure) throw failure;
  const parsed = shape.safeParse(parseBody(response));
  if (parsed.success) return parsed.data;
  throw badResponse(response, describeMismatch(parsed.error));
}

/** The record that a refusal as a conflict (409) shows as being there already, in the given shape; null: it shows none. */
export function readConflict<T>(response: UpstreamResponse, shape: z.ZodType<T>): T | null {
  if (response.status !== 409) return null;
  try {
    return shape.safeParse(parseBody(response)).data ?? null;
  } catch {
    return null;
  }
}

/** The first thing that is wrong: `the field "data.sku" is wrong: …`. `within`: where in the answer it was looked at. */
export function describeMismatch({ issues: [issue] }: z.ZodError, ...within: string[]): string {
  const path = [...within, ...(issue?.path ?? [])].join('.');
  return `${path === '' ? 'its body' : `the field "${path}"`} is wrong: ${issue?.message ?? 'unknown'}`;
}

/**
 * For an answer whose content does not matter, of which a portal's login page or a proxy's greeting is none.
 * @throws UpstreamError with the code of {@link classify}; UPSTREAM_BAD_RESPONSE for a web page
 */
export function refuseWebPage(response: UpstreamResponse): void {
  const failure = classify(response);
  if (failure) throw failure;
  if (isMarkup(response)) throw badResponse(response, 'it is a web page, not JSON: check the base URL');
}

const isMarkup = ({ body }: UpstreamResponse) => /^\s*</.test(body);

function parseBody(response: UpstreamResponse): unknown {
  try {
    // Some servers send a byte order mark.
    return parseExactJson(response.body.replace(/^\uFEFF/, ''));
  } catch {
    const html = isMarkup(response) || response.headers['content-type']?.includes('html');
    throw badResponse(response, html ? 'it is a web page, not JSON' : 'it is broken JSON');
  }
}

function badResponse(response: UpstreamResponse, reason: string): UpstreamError {
  const { status, isRead } = response;
  const effect = isRead ? '' : ' The call may have had its effect.';
  return new UpstreamError('UPSTREAM_BAD_RESPONSE', `The upstream answered ${status}, but ${reason}.${effect}`, status);
}

const CODES: Record<number, ErrorCode> = {
  401: 'UPSTREAM_UNAUTHORIZED',
  403: 'UPSTREAM_UNAUTHORIZED',
  404: 'UPSTREAM_NOT_FOUND',
  408: 'UPSTREAM_UNAVAILABLE',
  409: 'UPSTREAM_CONFLICT',
  410: 'UPSTREAM_NOT_FOUND',
  425: 'UPSTREAM_UNAVAILABLE',
  429: 'UPSTREAM_RATE_LIMITED',
};

/**
 * Statuses of servers that say "never", not "not now": what was asked is not implemented there (501, 506), not in this
 * version of HTTP (505), or lacks an extension (510). All other 5xx may go away: those of the system (500, 502, 503, 504), and
 * those of proxies and networks before it (508, 511, 52x).
 */
const NEVER: ReadonlySet<number> = new Set([501, 505, 506, 510]);

function codeOf(status: number, retryAfterMs: number | undefined): ErrorCode {
  if (status < 400) return 'UPSTREAM_BAD_RESPONSE';
  if (status >= 500) return NEVER.has(status) ? 'UPSTREAM_REJECTED' : 'UPSTREAM_UNAVAILABLE';
  // Common for idempotency keys: the first call with this key is still running.
  if (status === 409 && retryAfterMs !== undefined) return 'UPSTREAM_UNAVAILABLE';
  return CODES[status] ?? 'UPSTREAM_REJECTED';
}

function adviceFor(status: number): string {
  if (status < 400) {
    return `The upstream answered with the redirect ${status}, which is not followed: set its final address as base URL.`;
  }
  if (status === 401 || status === 403) return `The upstream refused the credentials (${status}): check them.`;
  if (NEVER.has(status))
    return `The upstream answered ${status}, which another try does not change: check the base URL.`;
  return `The upstream answered ${status}.`;
}

function readRetryAfter(headers: UpstreamResponse['headers']): number | undefined {
  const text = headers['retry-after']?.trim();
  if (!text) return undefined;
  if (/^\d+(\.\d+)?$/.test(text)) return Math.min(Math.ceil(Number(text) * 1000), LONGEST_RETRY_AFTER_MS);
  // Date.parse reads more than HTTP's dates: "-5" is a month to it.
  const at = /^[a-z]{3}/i.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at)) return undefined;
  // Against the upstream's own clock where it tells: the two may differ by minutes.
  const now = Date.parse(headers['date'] ?? '');
  return Math.min(Math.max(at - (Number.isNaN(now) ? Date.now() : now), 0), LONGEST_RETRY_AFTER_MS);
}

const text = z.string().min(1);
const ProblemShape = z.union([
  z.object({ message: text, errors: z.unknown().optional() }),
  z.object({ error: z.object({ message: text }) }).transform(({ error }) => ({ message: error.message })),
  z.object({ error: text, errors: z.unknown().optional() }).transform((it) => ({ ...it, message: it.error })),
  z.object({ detail: text }).transform(({ detail }) => ({ message: detail })),
  z.object({ title: text }).transform(({ title }) => ({ message: title })),
]);

/** What the upstream says about it, in one short line: no markup, no control characters, no credentials. */
function upstreamMessage(response: UpstreamResponse): string {
  if (response.body.trim() === '') return '';
  const line = response
    .mask(problemText(response.body))
    .slice(0, LONGEST_UNCLEANED)
    .replace(/<(script|style)[\s\S]*?<\/\1>|<[^>]*>/gi, ' ')
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\s]+/gu, ' ')
    .trim();
  return line === '' ? '' : ` It said: ${line.length > LONGEST_MESSAGE ? `${line.slice(0, LONGEST_MESSAGE)}…` : line}`;
}

function problemText(body: string): string {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return body;
  }
  const problem = ProblemShape.safeParse(json);
  if (!problem.success) return body;
  const details = 'errors' in problem.data && problem.data.errors ? ` ${JSON.stringify(problem.data.errors)}` : '';
  return `${problem.data.message}${details}`;
}
