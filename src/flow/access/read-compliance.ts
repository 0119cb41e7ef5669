import type { Caller } from '../../access/caller.js';
import { type Sql, sqlOn } from '../../db/database.js';
import { RETENTION, type Retained } from '../../model/retention.js';
import type { Role } from '../../model/statuses.js';
import { readSecurityEvents, type SecurityEventCount } from '../../rollup/count-security-events.js';
import { askedPeriod, type Period } from '../asked-period.js';
import type { Services } from '../services.js';

/** Who has done what, in figures, over a time. */
export interface ComplianceReport extends Period {
  operations: OperationCount[];
  refused: number;
  failed: number;
  /** Whole hours; null for a caller of one merchant: they are the hub's own. */
  securityEvents: SecurityEventCount[] | null;
  secretsRotated: SecretsRotated;
  retention: { what: Retained; days: number | null }[];
}

/** Of one kind, by callers of one role. */
export interface OperationCount {
  /** Null: the hub itself, nobody known, or before roles were kept. */
  role: Role | null;
  /** Noun and verb. */
  action: string;
  done: number;
  refused: number;
  failed: number;
}

export interface SecretsRotated {
  /** Credentials of integrations that somebody has changed. */
  credentials: number;
  /** Secrets by which webhooks are signed. */
  webhookSecrets: number;
  apiKeysMade: number;
  apiKeysRevoked: number;
  /** What was sealed anew after the encryption key had changed. */
  sealedAnew: number;
}

const MONTH_MS = 30 * 86_400_000;

const WITHIN = 'at >= $1 and at < $2 and ($3::text is null or merchant_id = $3)';
const OPERATIONS = `select actor_role as role, action, count(*) filter (where outcome = 'OK')::int as done,
  count(*) filter (where outcome = 'REFUSED')::int as refused, count(*) filter (where outcome = 'FAILED')::int as failed
from audit_entries where ${WITHIN} group by 1, 2 order by 2, 1`;
const ROTATED = `select
  count(*) filter (where action = 'integration.update' and details ? 'credentialFields')::int as credentials,
  count(*) filter (where action = 'webhook.register' and details -> 'keyRequired' is distinct from 'true')::int as "webhookSecrets",
  count(*) filter (where action = 'api_key.create')::int as "apiKeysMade",
  count(*) filter (where action = 'api_key.revoke')::int as "apiKeysRevoked",
  count(*) filter (where action = 'integration.rotate_credentials')::int as "sealedAnew"
from audit_entries where ${WITHIN} and outcome = 'OK'`;

/**
 * From the audit log and the roll-ups, of what the caller may see.
 * @param time ISO 8601; by default the last 30 days
 * @throws HubError BAD_USER_INPUT
 */
export async function readCompliance(
  services: Services,
  caller: Caller,
  time: { from: string | null; to: string | null },
): Promise<ComplianceReport> {
  const period = askedPeriod(time, MONTH_MS);
  await services.tally.flush();
  const figures = await readFigures(sqlOn(services.db.pool), period, caller.merchantId);
  const sum = (read: (one: OperationCount) => number) => figures.operations.reduce((all, one) => all + read(one), 0);
  const retention = Object.entries(RETENTION).map(([what, days]) => ({ what: what as Retained, days }));
  return {
    ...period,
    ...figures,
    refused: sum(({ refused }) => refused),
    failed: sum(({ failed }) => failed),
    retention,
  };
}

async function readFigures(sql: Sql, { from, to }: Period, merchantId: string | null) {
  const values = [from, to, merchantId];
  const [operations, [secretsRotated], securityEvents] = await Promise.all([
    sql<OperationCount>(OPERATIONS, values),
    sql<SecretsRotated>(ROTATED, values),
    merchantId === null ? readSecurityEvents(sql, from, to) : null,
  ]);
  if (!secretsRotated) throw new Error('A count without groups has one row');
  return { operations, secretsRotated, securityEvents };
}
