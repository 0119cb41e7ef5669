import { HubError } from '../../errors.js';
import { readAnswer, UpstreamError } from '../classify.js';
import type { UpstreamHttp } from '../http.js';
import type { LogoCredentials, LogoSettings } from './settings.js';
import { TokenAnswer } from './wire.js';

/** A token is asked for anew so long before its end. */
const SLACK_MS = 30_000;
/** A refused sign-in is not tried again before: a few refusals lock the user. */
const REFUSED_MS = 30 * 60_000;

/** One token for all calls of an integration. */
export interface TokenSource {
  /** @throws HubError as `classify.ts`; UPSTREAM_UNAUTHORIZED when the sign-in is refused, or was a short while ago */
  get(): Promise<string>;
  /** Forgets this token, unless another has taken its place. */
  drop(token: string): void;
}

/** Needs the shared client; keeps the token in memory for as long as Logo says. */
export function createTokenSource(
  http: UpstreamHttp,
  settings: LogoSettings,
  credentials: LogoCredentials,
): TokenSource {
  let kept: { token: string; until: number } | null = null;
  let refused: { error: HubError; until: number } | null = null;
  let asking: Promise<string> | null = null;
  const ask = async () => {
    try {
      const answer = readAnswer(await signIn(http, settings, credentials), TokenAnswer);
      kept = { token: answer.access_token, until: performance.now() + answer.expires_in * 1000 - SLACK_MS };
      return kept.token;
    } catch (error) {
      if (error instanceof HubError && error.code === 'UPSTREAM_UNAUTHORIZED')
        refused = { error: explained(error), until: performance.now() + REFUSED_MS };
      throw error;
    }
  };
  return {
    async get() {
      if (kept && performance.now() < kept.until) return kept.token;
      if (refused && performance.now() < refused.until) throw refused.error;
      asking ??= ask().finally(() => {
        asking = null;
      });
      return asking;
    },
    drop(token) {
      if (kept?.token === token) kept = null;
    },
  };
}

function explained({ message }: HubError): HubError {
  const advice = 'It is not tried again for 30 minutes, or until the integration is changed, lest the user is locked.';
  return new UpstreamError('UPSTREAM_UNAUTHORIZED', `${message} ${advice}`, 401);
}

/** A refused sign-in answers 400 `invalid_grant`; it is told as what it is. */
async function signIn(http: UpstreamHttp, settings: LogoSettings, { username, password, ...client }: LogoCredentials) {
  const form = { grant_type: 'password', username, firmno: String(settings.firmNumber), password };
  const response = await http.send({
    method: 'POST',
    url: `${settings.baseUrl}/api/v1/token`,
    headers: {
      accept: 'application/json',
      authorization: `Basic ${basicOf(client)}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: new URLSearchParams(form).toString(),
    timeoutMs: settings.timeout,
    secrets: secretsOf({ username, password, ...client }).flatMap((secret) => [
      secret,
      encodeURIComponent(secret),
      new URLSearchParams({ '': secret }).toString().slice(1),
    ]),
  });
  const refused = response.status === 400 && /invalid_(grant|client)/.test(response.body);
  return refused ? { ...response, status: 401 } : response;
}

/** What must be shown nowhere. */
export function secretsOf({ password, clientSecret, apiKey }: LogoCredentials): string[] {
  return [password, clientSecret, apiKey].filter((secret) => secret !== undefined);
}

function basicOf({
  clientId,
  clientSecret,
  apiKey,
}: Pick<LogoCredentials, 'clientId' | 'clientSecret' | 'apiKey'>): string {
  const pair = clientId !== undefined && clientSecret !== undefined ? `${clientId}:${clientSecret}` : (apiKey ?? '');
  return pair.includes(':') ? Buffer.from(pair).toString('base64') : pair;
}
