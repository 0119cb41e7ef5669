import { HubError } from '../../errors.js';
import { evaluateAlertsOf } from '../alerts/evaluate.js';
import type { Services } from '../services.js';
import { endIdleTrouble } from './end-idle-trouble.js';
import type { OpenIntegration } from './open-integration.js';

/** What one health check of an integration's system came to. */
export interface HealthCheck {
  healthy: boolean;
  latencyMs: number;
  /** Null when it is healthy. */
  error: HubError | null;
}

const KEEP = `insert into integration_gates as g
  (integration_id, checked_at, latency_ms, reachable, last_error, failed_checks)
values ($1, now(), $2, $3, $4, case when $3 then 0 else 1 end)
on conflict (integration_id) do update set checked_at = excluded.checked_at, latency_ms = excluded.latency_ms,
  reachable = excluded.reachable,
  last_error = coalesce(excluded.last_error, case when g.circuit <> 'CLOSED' then g.last_error end),
  failed_checks = case when excluded.reachable then 0 else g.failed_checks + 1 end
returning (select reachable from integration_gates where integration_id = $1) is distinct from $3 as turned`;

/** Asks an integration's system whether it is well, keeps the answer, and tells of it when it differs from the last. */
export async function checkHealth(services: Services, integration: OpenIntegration): Promise<HealthCheck> {
  const startedAt = performance.now();
  const error = await integration.connection.checkHealth().then(
    () => null,
    (failure: unknown) => asHubError(failure),
  );
  const check = { healthy: error === null, latencyMs: Math.round(performance.now() - startedAt), error };
  await keep(services, integration, check);
  if (check.healthy) await endIdleTrouble(services, integration);
  return check;
}

/** Keeps of the integrations that cannot be opened, so that nothing can be sent to them, that they are not well, and why. */
export async function noteUnopened(services: Services): Promise<void> {
  for (const { reason: error, ...integration } of await services.integrations.unopened())
    await keep(services, integration, { healthy: false, latencyMs: 0, error });
}

function asHubError(failure: unknown): HubError {
  if (failure instanceof HubError) return failure;
  throw failure;
}

type Whose = Pick<OpenIntegration, 'id' | 'merchantId'>;

/** Alerts are looked at after the commit, by what is true then. */
async function keep(services: Services, integration: Whose, check: HealthCheck): Promise<void> {
  const { id, merchantId } = integration;
  const turned = await services.db.transaction(async (tx) => {
    const values = [id, check.latencyMs, check.healthy, check.error?.message ?? null];
    const [row] = await tx.sql<{ turned: boolean }>(KEEP, values);
    if (!row?.turned) return false;
    const data = { healthy: check.healthy, errorCode: check.error?.code ?? null };
    const about = { merchantId, integrationId: id, entityType: 'INTEGRATION', entityId: id } as const;
    await services.feed.publish(tx, [{ kind: 'connector_health.changed', ...about, data }]);
    return true;
  });
  if (turned || !check.healthy) await evaluateAlertsOf(services, [id]);
}
