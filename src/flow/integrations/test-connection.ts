import { actorOf, audit, durationOf, requestOf } from '../../access/audit.js';
import type { Caller } from '../../access/caller.js';
import { sqlOn } from '../../db/database.js';
import type { Services } from '../services.js';
import { checkHealth, type HealthCheck } from './check-health.js';
import { endIdleTrouble } from './end-idle-trouble.js';
import { findIntegration } from './find-integration.js';

/** The next event is the circuit's probe, without the rest of the wait; the dispatcher finds it by its next look. */
const TRY_NOW = `update integration_gates set open_until = now()
where integration_id = $1 and circuit = 'OPEN' and open_until > now()`;

/**
 * Asks an integration's system whether it is well, now; if it is, an open circuit tries one event at once, or closes where none waits. That it is not well is an answer, not a failure.
 * @throws HubError NOT_FOUND, CREDENTIALS_UNREADABLE, INVALID_STATE (its settings no longer fit)
 */
export async function testConnection(services: Services, caller: Caller, integrationId: string): Promise<HealthCheck> {
  const integration = await findIntegration(services, caller, integrationId, ['integrationId']);
  const check = await checkHealth(services, integration);
  if (check.healthy) {
    await services.db.pool.query(TRY_NOW, [integrationId]);
    await endIdleTrouble(services, integration);
  }
  await audit(sqlOn(services.db.pool), {
    ...actorOf(caller),
    action: 'integration.test',
    outcome: check.healthy ? 'OK' : 'FAILED',
    merchantId: integration.merchantId,
    integrationId,
    details: { latencyMs: check.latencyMs, errorCode: check.error?.code ?? null, ...requestOf(caller) },
    requestId: caller.requestId,
    durationMs: durationOf(caller),
  });
  return check;
}
