import { readAnswer } from '../classify.js';
import type { UpstreamHttp } from '../http.js';
import type { FreshToken } from '../tokens.js';
import type { ExtensivCredentials, ExtensivSettings } from './settings.js';
import { TokenAnswer } from './wire.js';

/** A token is asked for anew so long before its end: one of an hour is used for 3540 s. */
const SLACK_MS = 60_000;
const LONGEST_MS = 3_540_000;

/** OAuth 2.0 client credentials, as a form. */
export function createSignIn(
  http: UpstreamHttp,
  settings: ExtensivSettings,
  { clientId, clientSecret }: ExtensivCredentials,
): () => Promise<FreshToken> {
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
  });
  const secrets = [
    clientSecret,
    encodeURIComponent(clientSecret),
    new URLSearchParams({ '': clientSecret }).toString().slice(1),
  ];
  return async () => {
    const response = await http.send({
      method: 'POST',
      url: `${settings.baseUrl}/oauth/token`,
      headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
      body: form.toString(),
      timeoutMs: settings.timeout,
      secrets,
    });
    // RFC 6749 lets a server say 400 to credentials that it does not know.
    const refused = response.status === 400 && /invalid_(grant|client)/.test(response.body);
    const answer = readAnswer(refused ? { ...response, status: 401 } : response, TokenAnswer);
    const lifeMs = answer.expires_in * 1000;
    return { token: answer.access_token, usableMs: Math.min(LONGEST_MS, Math.max(lifeMs - SLACK_MS, lifeMs / 2)) };
  };
}
