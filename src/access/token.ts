import {
  createRemoteJWKSet,
  decodeProtectedHeader,
  errors,
  type JWTVerifyGetKey,
  type JWTVerifyOptions,
  type JWTVerifyResult,
  jwtVerify,
  SignJWT,
} from 'jose';
import { z } from 'zod';
import { HubError } from '../errors.js';
import { isStorable } from '../model/find-unstorable.js';
import { Role } from '../model/statuses.js';
import type { Caller } from './caller.js';

/** Which tokens are trusted: HS256 by `secret`, RS256 and ES256 by the keys at `jwksUrl`. */
export interface TokenConfig {
  secret: string;
  jwksUrl?: string;
  /** When set, a token must name it in `iss`. */
  issuer?: string;
  /** When set, a token must name it in `aud`. */
  audience?: string;
}

/** What a token says of its bearer. */
export interface TokenClaims {
  sub: string;
  role: Role;
  merchantId?: string;
  permissions?: string[];
}

const CLOCK_TOLERANCE_S = 5;
const MAX_TOKEN_LENGTH = 8_192;
const JWKS_TIMEOUT_MS = 3_000;
const JWKS_COOLDOWN_MS = 10_000;
/** A token of another purpose (logout, security event, proof of possession) is no access token, whoever signed it. */
const ACCESS_TOKEN_TYPES = new Set(['jwt', 'at+jwt']);

const Name = z.string().min(1).max(255).refine(isStorable);
const Claims = z.object({
  sub: Name,
  role: z.enum(Role),
  merchantId: Name.optional(),
  permissions: z.array(z.string().max(255)).max(100).default([]),
  exp: z.number(),
});

/** Signs an HS256 token that the hub itself accepts. */
export function issueToken(config: TokenConfig, claims: TokenClaims, ttlSeconds: number): Promise<string> {
  const token = new SignJWT({ ...claims })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setIssuedAt()
    .setExpirationTime(`${ttlSeconds} s`);
  if (config.issuer) token.setIssuer(config.issuer);
  if (config.audience) token.setAudience(config.audience);
  return token.sign(Buffer.from(config.secret));
}

/**
 * Makes the check of a JWT. The algorithm decides the key, never the token: HS256 is only ever checked with the secret.
 * @returns a function that throws HubError UNAUTHENTICATED, or UPSTREAM_UNAVAILABLE while the key server is away
 */
export function createTokenVerifier(config: TokenConfig): (token: string) => Promise<Caller> {
  const secret = Buffer.from(config.secret);
  const remoteKeys = config.jwksUrl ? createRemoteKeys(new URL(config.jwksUrl)) : undefined;
  const options: JWTVerifyOptions = {
    issuer: config.issuer,
    audience: config.audience,
    clockTolerance: CLOCK_TOLERANCE_S,
    requiredClaims: ['exp', 'sub'],
  };
  return async (token) => {
    const payload = await verified(async () => {
      const algorithm = algorithmOf(token);
      if (algorithm === 'HS256') return jwtVerify(token, secret, { ...options, algorithms: ['HS256'] });
      if (!remoteKeys) throw new errors.JOSEAlgNotAllowed('No key server is configured');
      return jwtVerify(token, remoteKeys, { ...options, algorithms: ['RS256', 'ES256'] });
    });
    return callerOf(payload);
  };
}

function algorithmOf(token: string): string | undefined {
  if (token.length > MAX_TOKEN_LENGTH) throw new errors.JWTInvalid('Too long');
  const { alg, typ } = decodeProtectedHeader(token);
  const type = typeof typ === 'string' ? typ.toLowerCase().replace(/^application\//, '') : undefined;
  if (typ !== undefined && !ACCESS_TOKEN_TYPES.has(type ?? '')) throw new errors.JWTInvalid('Not an access token');
  return alg;
}

/** The server's keys; that it is away is told apart from a token that none of its keys signed. */
function createRemoteKeys(url: URL): JWTVerifyGetKey {
  const keys = createRemoteJWKSet(url, { timeoutDuration: JWKS_TIMEOUT_MS, cooldownDuration: JWKS_COOLDOWN_MS });
  return async (header, token) => {
    try {
      return await keys(header, token);
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) throw error;
      throw new HubError('UPSTREAM_UNAVAILABLE', 'The server of the signing keys does not answer; try again shortly.', {
        cause: error,
      });
    }
  };
}

async function verified(verify: () => Promise<JWTVerifyResult>): Promise<unknown> {
  try {
    return (await verify()).payload;
  } catch (error) {
    throw error instanceof HubError ? error : refusal(reasonOf(error), error);
  }
}

/** Says which rule was broken, in fixed words: nothing of the token is repeated. */
function reasonOf(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'The token has expired; get a new one.';
  if (error instanceof errors.JWTClaimValidationFailed) {
    const claim = ['exp', 'sub', 'iss', 'aud', 'nbf'].find((name) => name === error.claim);
    return claim ? `The token's claim ${claim} is missing or not accepted.` : 'A claim of the token is not accepted.';
  }
  if (error instanceof errors.JOSEAlgNotAllowed) return "The token's algorithm is not accepted.";
  return 'The token is not valid.';
}

function callerOf(payload: unknown): Caller {
  const claims = Claims.safeParse(payload);
  if (!claims.success) {
    const claim = String(claims.error.issues[0]?.path[0]);
    const roles = claim === 'role' ? ': it is admin, operator or viewer' : '';
    throw refusal(`The token's claim ${claim} is missing or has the wrong form${roles}.`);
  }
  const { sub, role, merchantId, permissions, exp } = claims.data;
  return { subject: sub, role, merchantId: merchantId ?? null, permissions, via: 'jwt', expiresAt: exp * 1000 };
}

function refusal(reason: string, cause?: unknown): HubError {
  return new HubError('UNAUTHENTICATED', reason, { cause });
}
