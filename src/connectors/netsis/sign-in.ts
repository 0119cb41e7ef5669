import type { UpstreamHttp } from '../upstream/http.js';
import { signInByForm } from '../upstream/sign-in.js';
import type { FreshToken } from '../upstream/tokens.js';
import type { NetsisCredentials, NetsisSettings } from './settings.js';

const LIFE_SECONDS = 1200;

/** As a user of the company's database. @throws HubError as {@link signInByForm} */
export function signIn(
  http: UpstreamHttp,
  { baseUrl, branchCode, database, dbType, timeout: timeoutMs }: NetsisSettings,
  { username, password, dbUser, dbPassword }: NetsisCredentials,
): Promise<FreshToken> {
  const user = { username, password, dbname: database, dbuser: dbUser, dbpassword: dbPassword };
  const form = { grant_type: 'password', branchcode: String(branchCode), ...user, dbtype: String(dbType) };
  const secrets = [password, dbPassword];
  return signInByForm(http, { url: `${baseUrl}/api/v2/token`, form, timeoutMs, secrets, lifeSeconds: LIFE_SECONDS });
}
