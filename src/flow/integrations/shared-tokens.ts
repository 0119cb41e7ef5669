import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import {
  createTokenCache,
  type FreshToken,
  isRefusal,
  restMsAfter,
  type TokenStore,
} from '../../connectors/upstream/tokens.js';
import type { Database } from '../../db/database.js';
import type { SealedCredentials } from '../../db/entities/integration.js';
import { HubError } from '../../errors.js';
import { databaseError } from '../../inbox/sql-errors.js';

export interface SharedTokensDeps {
  db: Pick<Database, 'pool'>;
  seal(id: string, credentials: Record<string, unknown>): SealedCredentials;
  /** @throws HubError CREDENTIALS_UNREADABLE */
  open(id: string, sealed: SealedCredentials): unknown;
  /** Told of each sign-in that is tried; left out: nobody is. */
  onSignIn?(integrationId: string): void;
  log: Pick<Logger, 'info' | 'error'>;
}

/** Whoever signs in must be done by then; after it another one tries. */
const LEASE_MS = 45_000;
const POLL_MS = 50;
/** A token is not handed out that ends while it is on its way. */
const LEAST_MS = 2_000;

/** `$1` integration, `$2` its fingerprint. */
const READ = `select sealed::text as sealed, extract(epoch from expires_at - now()) * 1000 as "usableMs",
  case when refused_until > now() then refusal end as refusal
from integration_tokens where integration_id = $1 and fingerprint = $2`;

/** `$3` the lease, `$4` its milliseconds. A row: this one signs in. */
const TAKE_LEASE = `
insert into integration_tokens as t (integration_id, fingerprint, lease, leased_until)
values ($1, $2, $3, now() + $4 * interval '1 ms')
on conflict (integration_id) do update set lease = excluded.lease, leased_until = excluded.leased_until,
  fingerprint = excluded.fingerprint, sealed = case when t.fingerprint = excluded.fingerprint then t.sealed end,
  refused_until = case when t.fingerprint = excluded.fingerprint then t.refused_until end
where t.leased_until is null or t.leased_until < now()
returning 1`;

const KEEP = `update integration_tokens set sealed = $3, expires_at = now() + $4 * interval '1 ms', lease = null,
  leased_until = null, refused_until = null, refusal = null where integration_id = $1 and lease = $2`;

const GIVE_UP = `update integration_tokens set lease = null, leased_until = null,
  refusal = coalesce($3, refusal), refused_until = case when $3::text is null then refused_until else now() + $4 * interval '1 ms' end
where integration_id = $1 and lease = $2`;

interface Row {
  sealed: string | null;
  usableMs: string | null;
  refusal: string | null;
}

/** An integration's tokens in the database, sealed, for every process of the hub; each keeps them in memory too. */
export function createSharedTokens(deps: SharedTokensDeps) {
  return (integrationId: string, client: unknown): TokenStore => {
    const shared = new SharedToken(deps, integrationId, fingerprintOf(client));
    return createTokenCache((signIn, refused) => shared.load(signIn, refused));
  };
}

/** Other credentials, or another firm or database, are another client, whose tokens these are not. */
function fingerprintOf(client: unknown): string {
  return createHash('sha256').update(JSON.stringify(client)).digest('hex');
}

class SharedToken {
  constructor(
    private readonly deps: SharedTokensDeps,
    private readonly integrationId: string,
    private readonly fingerprint: string,
  ) {}

  /** The kept one, or a new one: by this process, or by another that is at it. */
  async load(signIn: () => Promise<FreshToken>, refused?: string): Promise<FreshToken> {
    const lease = randomUUID();
    for (;;) {
      const known = await this.read(refused);
      if (known) return known;
      const mine = await this.query(TAKE_LEASE, [this.integrationId, this.fingerprint, lease, LEASE_MS]);
      if (mine.length > 0) return this.signInOnce(lease, signIn, refused);
      await sleep(POLL_MS);
    }
  }

  private async read(refused?: string): Promise<FreshToken | null> {
    const [row] = await this.query(READ, [this.integrationId, this.fingerprint]);
    if (row?.refusal) throw new HubError('UPSTREAM_UNAUTHORIZED', row.refusal);
    const usableMs = Number(row?.usableMs ?? 0);
    if (!row?.sealed || usableMs < LEAST_MS) return null;
    const token = openToken(this.deps, this.sealedId, row.sealed);
    return token === null || token === refused ? null : { token, usableMs };
  }

  private async signInOnce(lease: string, signIn: () => Promise<FreshToken>, refused?: string): Promise<FreshToken> {
    try {
      // Another process may have signed in between the look and the lease.
      const fresh = (await this.read(refused)) ?? (await this.signIn(signIn));
      const sealed = JSON.stringify(this.deps.seal(this.sealedId, { token: fresh.token }));
      await this.query(KEEP, [this.integrationId, lease, sealed, fresh.usableMs]);
      return fresh;
    } catch (error) {
      const refusal = isRefusal(error) ? [error.message, restMsAfter(error)] : [null, 0];
      await this.query(GIVE_UP, [this.integrationId, lease, ...refusal]);
      throw error;
    }
  }

  private async signIn(signIn: () => Promise<FreshToken>): Promise<FreshToken> {
    const { integrationId, deps } = this;
    deps.onSignIn?.(integrationId);
    try {
      const fresh = await signIn();
      deps.log.info({ integrationId, usableMs: fresh.usableMs }, 'signed in');
      return fresh;
    } catch (err) {
      deps.log.error({ err, integrationId }, 'sign-in failed');
      throw err;
    }
  }

  private get sealedId(): string {
    return `${this.integrationId}/token`;
  }

  private async query(text: string, values: unknown[]): Promise<Row[]> {
    try {
      return (await this.deps.db.pool.query<Row>(text, values)).rows;
    } catch (error) {
      throw databaseError(error);
    }
  }
}

/** One that no key opens any more is none. */
function openToken(deps: SharedTokensDeps, id: string, sealed: string): string | null {
  try {
    return (deps.open(id, JSON.parse(sealed)) as { token: string }).token;
  } catch (error) {
    if (error instanceof HubError) return null;
    throw error;
  }
}
