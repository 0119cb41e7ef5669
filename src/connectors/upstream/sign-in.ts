import { z } from 'zod';
import { readAnswer } from './classify.js';
import type { UpstreamHttp } from './http.js';
import type { FreshToken } from './tokens.js';

/** A token is asked for anew so long before its end: one of an hour is used for 3540 s. */
const SLACK_MS = 60_000;
const LONGEST_MS = 3_540_000;

/** Where a system gives tokens, and for what. */
export interface SignInRequest {
  url: string;
  /** OAuth 2.0, as it is sent: `grant_type` and what goes with it. */
  form: Record<string, string>;
  headers?: Record<string, string>;
  timeoutMs: number;
  /** Must be shown nowhere; as they look in a form, too. */
  secrets: readonly string[];
  /** How long a token lives whose answer does not say it. */
  lifeSeconds: number;
}

/**
 * Signs in by OAuth 2.0.
 * @throws HubError as `classify.ts`; UPSTREAM_UNAUTHORIZED when the credentials are refused
 */
export async function signInByForm(http: UpstreamHttp, request: SignInRequest): Promise<FreshToken> {
  const { url, form, headers, timeoutMs, secrets, lifeSeconds } = request;
  const response = await http.send({
    method: 'POST',
    isRead: true,
    url,
    headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body: new URLSearchParams(form).toString(),
    timeoutMs,
    secrets: secrets.flatMap(asInForms),
  });
  // RFC 6749 lets a server say 400 to credentials that it does not know.
  const refused = response.status === 400 && /invalid_(grant|client)/.test(response.body);
  const answer = readAnswer(refused ? { ...response, status: 401 } : response, TokenAnswer);
  const lifeMs = (answer.expires_in ?? lifeSeconds) * 1000;
  return { token: answer.access_token, usableMs: Math.min(LONGEST_MS, Math.max(lifeMs - SLACK_MS, lifeMs / 2)) };
}

const TokenAnswer = z.object({
  access_token: z.string().min(1),
  expires_in: z.coerce.number().positive().optional(),
});

function asInForms(secret: string): string[] {
  return [secret, encodeURIComponent(secret), new URLSearchParams({ '': secret }).toString().slice(1)];
}
