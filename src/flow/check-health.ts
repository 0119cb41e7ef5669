import type { Tx } from '../db/database.js';
import { HubError } from '../errors.js';
import { closeAlert, openAlert } from './alerts.js';
import type { OpenIntegration } from './integrations.js';
import type { Services } from './services.js';

/** What one health check of an integration's system came to. */
export interface HealthCheck {
  healthy: boolean;
  latencyMs: number;
  /** Null when it is healthy. */
  error: HubError | null;
}

/** So many failed checks in a row call for a person. */
const DOWN_AFTER = 3;

const KEEP = `insert into integration_gates as g
  (integration_id, checked_at, latency_ms, reachable, last_error, failed_checks)
values ($1, now(), $2, $3, $4, case when $3 then 0 else 1 end)
on conflict (integration_id) do update set checked_at = excluded.checked_at, latency_ms = excluded.latency_ms,
  reachable = excluded.reachable,
  last_error = coalesce(excluded.last_error, case when g.circuit <> 'CLOSED' then g.last_error end),
  failed_checks = case when excluded.reachable then 0 else g.failed_checks + 1 end
returning failed_checks as "failedChecks",
  (select reachable from integration_gates where integration_id = $1) is distinct from $3 as turned`;

/** Asks an integration's system whether it is well, keeps the answer, and tells of it when it differs from the last. */
export async function checkHealth(services: Services, integration: OpenIntegration): Promise<HealthCheck> {
  const startedAt = performance.now();
  const error = await integration.connection.checkHealth().then(
    () => null,
    (failure: unknown) => asHubError(failure),
  );
  const check = { healthy: error === null, latencyMs: Math.round(performance.now() - startedAt), error };
  await keep(services, integration, check);
  return check;
}

function asHubError(failure: unknown): HubError {
  if (failure instanceof HubError) return failure;
  throw failure;
}

async function keep(services: Services, integration: OpenIntegration, check: HealthCheck): Promise<void> {
  const { id, merchantId } = integration;
  await services.db.transaction(async (tx) => {
    const values = [id, check.latencyMs, check.healthy, check.error?.message ?? null];
    const [row] = await tx.sql<{ turned: boolean; failedChecks: number }>(KEEP, values);
    if (!row) return;
    await alert(services, tx, integration, check, row.failedChecks);
    if (!row.turned) return;
    const data = { healthy: check.healthy, errorCode: check.error?.code ?? null };
    // A connector's health concerns no entity; the type only fills the field that every change has.
    await services.feed.publish(tx, [
      { kind: 'connector_health.changed', merchantId, integrationId: id, entityType: 'INVENTORY', entityId: id, data },
    ]);
  });
}

async function alert(
  services: Services,
  tx: Tx,
  { id, merchantId, name }: OpenIntegration,
  check: HealthCheck,
  failedChecks: number,
): Promise<void> {
  const key = { kind: 'CONNECTOR_DOWN', merchantId, integrationId: id };
  if (check.healthy) return closeAlert(services, tx, key);
  if (failedChecks < DOWN_AFTER) return;
  await openAlert(services, tx, {
    ...key,
    severity: 'CRITICAL',
    message: `${name} has failed ${failedChecks} health checks in a row: ${check.error?.message ?? ''}`,
    advice: 'See whether its system is up, and whether its address and credentials still hold. What waits is kept.',
  });
}
