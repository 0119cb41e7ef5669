import { UpstreamError } from '../upstream/classify.js';
import type { UpstreamHttp } from '../upstream/http.js';
import { signInByForm } from '../upstream/sign-in.js';
import { type FreshToken, isRefusal } from '../upstream/tokens.js';
import type { LogoCredentials, LogoSettings } from './settings.js';

const LIFE_SECONDS = 1200;
/** A refused sign-in is not tried again before: a few refusals lock the user. */
const REFUSED_MS = 30 * 60_000;

/** As a user of Logo. @throws HubError as {@link signInByForm} */
export async function signIn(
  http: UpstreamHttp,
  { baseUrl, firmNumber, timeout: timeoutMs }: LogoSettings,
  credentials: LogoCredentials,
): Promise<FreshToken> {
  const { username, password } = credentials;
  const url = `${baseUrl}/api/v1/token`;
  const form = { grant_type: 'password', username, firmno: String(firmNumber), password };
  const headers = { authorization: `Basic ${basicOf(credentials)}` };
  const secrets = secretsOf(credentials);
  try {
    return await signInByForm(http, { url, form, headers, timeoutMs, secrets, lifeSeconds: LIFE_SECONDS });
  } catch (error) {
    throw isRefusal(error) ? patient(error.message) : error;
  }
}

function patient(message: string): UpstreamError {
  const advice = 'It is not tried again for 30 minutes, or until the integration is changed, lest the user is locked.';
  return new UpstreamError('UPSTREAM_UNAUTHORIZED', `${message} ${advice}`, 401, REFUSED_MS);
}

/** What must be shown nowhere. */
export function secretsOf({ password, clientSecret, apiKey }: LogoCredentials): string[] {
  return [password, clientSecret, apiKey].filter((secret) => secret !== undefined);
}

function basicOf({ clientId, clientSecret, apiKey }: LogoCredentials): string {
  const pair = clientId !== undefined && clientSecret !== undefined ? `${clientId}:${clientSecret}` : (apiKey ?? '');
  return pair.includes(':') ? Buffer.from(pair).toString('base64') : pair;
}
