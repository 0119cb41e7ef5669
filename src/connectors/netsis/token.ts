import { readAnswer } from '../classify.js';
import type { UpstreamHttp } from '../http.js';
import type { NetsisCredentials, NetsisSettings } from './settings.js';
import { TokenAnswer } from './wire.js';

/** A token is asked for anew so long before its end. */
const SLACK_MS = 30_000;

/** One token at a time: Netsis refuses sign-ins beside each other, and each takes a seat of the licence. */
export interface TokenSource {
  /** @throws HubError as `classify.ts`; UPSTREAM_UNAUTHORIZED when the sign-in is refused */
  get(): Promise<string>;
  /** Forgets this token, unless another has taken its place. */
  drop(token: string): void;
}

/** Needs the shared client; keeps the token in memory for as long as Netsis says. */
export function createTokenSource(
  http: UpstreamHttp,
  settings: NetsisSettings,
  credentials: NetsisCredentials,
): TokenSource {
  let kept: { token: string; until: number } | null = null;
  let asking: Promise<string> | null = null;
  const ask = async () => {
    const answer = readAnswer(await signIn(http, settings, credentials), TokenAnswer);
    const token = answer.access_token;
    kept = { token, until: performance.now() + answer.expires_in * 1000 - SLACK_MS };
    return token;
  };
  return {
    async get() {
      if (kept && performance.now() < kept.until) return kept.token;
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

/** A refused sign-in answers 400 `invalid_grant`; it is told as what it is, so that nobody repeats it blindly. */
async function signIn(http: UpstreamHttp, settings: NetsisSettings, credentials: NetsisCredentials) {
  const form = new URLSearchParams({
    grant_type: 'password',
    branchcode: String(settings.branchCode),
    username: credentials.username,
    password: credentials.password,
    dbname: settings.database,
    dbuser: credentials.dbUser,
    dbpassword: credentials.dbPassword,
    dbtype: String(settings.dbType),
  }).toString();
  const response = await http.send({
    method: 'POST',
    url: `${settings.baseUrl}/api/v2/token`,
    headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
    body: form,
    timeoutMs: settings.timeout,
    secrets: secretsOfForm(credentials),
  });
  const refused = response.status === 400 && /invalid_(grant|client)/.test(response.body);
  return refused ? { ...response, status: 401 } : response;
}

/** As they are, and as they look in a form. */
function secretsOfForm({ password, dbPassword }: NetsisCredentials): string[] {
  return [password, dbPassword].flatMap((secret) => [
    secret,
    encodeURIComponent(secret),
    new URLSearchParams({ '': secret }).toString().slice(1),
  ]);
}
