import { audit, durationOf } from '../access/audit.js';
import type { Caller } from '../access/caller.js';
import { sqlOn } from '../db/database.js';
import { checkHealth, type HealthCheck } from './check-health.js';
import { findIntegration } from './find-integration.js';
import { requireRight, requireSomeRight } from './require-right.js';
import type { Services } from './services.js';

/**
 * Asks an integration's system whether it is well, now. That it is not well is an answer, not a failure.
 * @throws HubError NOT_FOUND, FORBIDDEN, CREDENTIALS_UNREADABLE, INVALID_STATE (its settings no longer fit)
 */
export async function testConnection(services: Services, caller: Caller, integrationId: string): Promise<HealthCheck> {
  requireSomeRight(caller, 'manage');
  const integration = await findIntegration(services, caller, integrationId, ['integrationId']);
  requireRight(caller, integration.connector, 'manage');
  const check = await checkHealth(services, integration);
  await audit(sqlOn(services.db.pool), {
    actor: caller.subject,
    action: 'integration.test',
    outcome: check.healthy ? 'OK' : 'FAILED',
    merchantId: integration.merchantId,
    integrationId,
    details: { latencyMs: check.latencyMs, errorCode: check.error?.code ?? null },
    requestId: caller.requestId,
    durationMs: durationOf(caller),
  });
  return check;
}
