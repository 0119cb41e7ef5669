import type { Logger } from 'pino';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { Sql } from '../db/database.js';
import { HubError } from '../errors.js';
import type { NoteSecurityEvent } from '../model/security-events.js';
import { createApiKeyVerifier, looksLikeApiKey } from './api-key.js';
import { audit } from './audit.js';
import type { Caller } from './caller.js';
import { takePoint } from './take-point.js';
import { createTokenVerifier, type TokenConfig } from './token.js';

/** What a request brings to say who asks. */
export interface Credentials {
  /** The header `Authorization`, or the field of that name in `connection_init`. */
  authorization?: string;
  /** The header `X-API-Key`. */
  apiKey?: string;
  /** Where the request comes from; failures are counted by it. */
  address?: string;
  requestId?: string;
}

export interface AuthenticateDeps {
  /** Outside any transaction. */
  sql: Sql;
  tokens: TokenConfig;
  logger: Logger;
  /** Failures per minute and address that are answered one by one; further ones get RATE_LIMITED. Default 300. */
  failuresPerMinute?: number;
  /** Refuses a caller that asks too often: `take` of the caller limits. @throws HubError RATE_LIMITED */
  admit?(caller: Caller): Promise<void>;
  noteSecurityEvent?: NoteSecurityEvent;
}

/** @throws HubError UNAUTHENTICATED, RATE_LIMITED, DATABASE_UNAVAILABLE or UPSTREAM_UNAVAILABLE (key server) */
export type Authenticate = (credentials: Credentials) => Promise<Caller>;

const HOW = 'Send "Authorization: Bearer <JWT>" or "X-API-Key: sl_…".';
const FAILURES_PER_MINUTE = 300;
/** A flood of bad tokens leaves a trace in the audit log, not a flood there. */
const AUDITED_PER_MINUTE_AND_ADDRESS = 10;
const AUDITED_PER_MINUTE = 120;

/** Makes the one way by which HTTP and WebSocket learn who asks. Valid credentials pass however many others failed. */
export function createAuthenticate(deps: AuthenticateDeps): Authenticate {
  const verify = createVerify(deps);
  const noteFailure = createFailureNotes(deps);
  return async (credentials) => {
    try {
      const caller = { ...(await verify(credentials)), requestId: credentials.requestId };
      await deps.admit?.(caller);
      return caller;
    } catch (error) {
      if (error instanceof HubError && error.code === 'UNAUTHENTICATED' && isPresent(credentials)) {
        deps.noteSecurityEvent?.('SIGN_IN_FAILED');
        await noteFailure(credentials, error.message);
      }
      throw error;
    }
  };
}

function isPresent({ authorization, apiKey }: Credentials): boolean {
  return authorization !== undefined || apiKey !== undefined;
}

function createVerify(deps: AuthenticateDeps): Authenticate {
  const verifyToken = createTokenVerifier(deps.tokens);
  const verifyApiKey = createApiKeyVerifier(deps.sql, (err) => deps.logger.warn({ err }, 'api key use not noted'));
  const check = async ({ authorization, apiKey }: Credentials) => {
    if (authorization !== undefined && apiKey !== undefined) {
      throw new HubError('UNAUTHENTICATED', 'Both Authorization and X-API-Key were sent; send one.');
    }
    if (apiKey !== undefined) return verifyApiKey(apiKey.trim());
    if (authorization === undefined) throw new HubError('UNAUTHENTICATED', 'No credentials were sent.');
    const bearer = /^Bearer +(\S+) *$/i.exec(authorization)?.[1];
    if (!bearer) throw new HubError('UNAUTHENTICATED', 'The Authorization is not a bearer token.');
    return looksLikeApiKey(bearer) ? verifyApiKey(bearer) : verifyToken(bearer);
  };
  return async (credentials) => {
    try {
      return await check(credentials);
    } catch (error) {
      if (!(error instanceof HubError) || error.code !== 'UNAUTHENTICATED') throw error;
      throw new HubError('UNAUTHENTICATED', `${error.message} ${HOW}`, { cause: error.cause });
    }
  };
}

function createFailureNotes({ sql, logger, failuresPerMinute = FAILURES_PER_MINUTE }: AuthenticateDeps) {
  const failures = new RateLimiterMemory({ points: failuresPerMinute, duration: 60 });
  const audited = new RateLimiterMemory({ points: AUDITED_PER_MINUTE_AND_ADDRESS, duration: 60 });
  const auditedOfAll = new RateLimiterMemory({ points: AUDITED_PER_MINUTE, duration: 60 });
  return async ({ address = 'unknown', requestId }: Credentials, reason: string): Promise<void> => {
    if ((await takePoint(audited, address)).allowed && (await takePoint(auditedOfAll, 'all')).allowed) {
      const entry = { actor: 'anonymous', action: 'authentication.refuse', outcome: 'REFUSED', requestId } as const;
      await audit(sql, { ...entry, details: { address, reason } }).catch((err) =>
        logger.warn({ err }, 'refused authentication not audited'),
      );
    }
    const { allowed, resetMs } = await takePoint(failures, address);
    if (allowed) return;
    const message = `Too many failed authentications from this address; try again in ${Math.ceil(resetMs / 1000)} s.`;
    throw new HubError('RATE_LIMITED', message, { retryAfterMs: resetMs });
  };
}
