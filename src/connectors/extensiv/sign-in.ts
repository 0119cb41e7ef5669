import type { UpstreamHttp } from '../upstream/http.js';
import { signInByForm } from '../upstream/sign-in.js';
import type { FreshToken } from '../upstream/tokens.js';
import type { ExtensivCredentials, ExtensivSettings } from './settings.js';

const LIFE_SECONDS = 3600;

/** By client credentials. @throws HubError as {@link signInByForm} */
export function signIn(
  http: UpstreamHttp,
  { baseUrl, timeout: timeoutMs }: ExtensivSettings,
  { clientId, clientSecret }: ExtensivCredentials,
): Promise<FreshToken> {
  const form = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret };
  const secrets = [clientSecret];
  return signInByForm(http, { url: `${baseUrl}/oauth/token`, form, timeoutMs, secrets, lifeSeconds: LIFE_SECONDS });
}
