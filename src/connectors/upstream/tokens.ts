import { HubError } from '../../errors.js';

/** A token that a system has given, and for how long it is to be used. */
export interface FreshToken {
  token: string;
  usableMs: number;
}

/**
 * The access token of one integration, shared by everything that speaks for it. However many ask at once, one of them
 * signs in and the others wait for what it gets.
 */
export interface TokenStore {
  /**
   * The kept token, or a new one by `signIn`. `refused` is one that the system did not take: it is given out no more.
   * @throws HubError what `signIn` throws; a refused sign-in is not repeated for {@link restMsAfter} it, because logins get locked
   */
  get(signIn: () => Promise<FreshToken>, refused?: string): Promise<string>;
}

const REFUSED_MS = 30_000;

/** So long a refused sign-in is answered from memory: its `retryAfterMs`, or half a minute. */
export function restMsAfter({ retryAfterMs }: HubError): number {
  return retryAfterMs ?? REFUSED_MS;
}

/** A sign-in that the same credentials will not get past. */
export function isRefusal(error: unknown): error is HubError {
  return error instanceof HubError && error.code === 'UPSTREAM_UNAUTHORIZED';
}

/** Lets those who ask at once share one answer, a refusal too, and keeps it in memory until it ends. `load` looks further away. */
export function createTokenCache(
  load: (signIn: () => Promise<FreshToken>, refused?: string) => Promise<FreshToken>,
): TokenStore {
  let kept: { token: string; until: number } | null = null;
  let refusal: { error: HubError; until: number } | null = null;
  let loading: Promise<string> | null = null;
  const renew = async (signIn: () => Promise<FreshToken>, refused?: string) => {
    try {
      const { token, usableMs } = await load(signIn, refused);
      kept = { token, until: performance.now() + usableMs };
      return token;
    } catch (error) {
      if (isRefusal(error)) refusal = { error, until: performance.now() + restMsAfter(error) };
      throw error;
    }
  };
  return {
    async get(signIn, refused) {
      if (kept && kept.token !== refused && performance.now() < kept.until) return kept.token;
      if (refusal && performance.now() < refusal.until) throw refusal.error;
      loading ??= renew(signIn, refused).finally(() => {
        loading = null;
      });
      return loading;
    },
  };
}

/** For one process alone. */
export function createOwnTokens(): TokenStore {
  return createTokenCache((signIn) => signIn());
}
