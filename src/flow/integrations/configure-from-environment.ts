import { sqlOn } from '../../db/database.js';
import type { Services } from '../services.js';
import { type ConfiguredIntegration, configureIntegration } from './configure-integration.js';

/** Their simulators do not run: they would be away for ever, and no demo merchant is to be taken for a real one. */
const END_DEMO = `
update integrations set enabled = false, deleted_at = now(), updated_at = now()
where configured_by = 'DEMO' and deleted_at is null`;

/**
 * Brings the integrations that the environment configures in step with it. One whose variables are gone stays as it
 * was: people decide what becomes of its history. Integrations of a demo in the same database are deleted until it runs again.
 * @throws HubError BAD_USER_INPUT when a connector does not accept its configuration
 */
export async function configureFromEnvironment(
  services: Services,
  integrations: readonly ConfiguredIntegration[],
): Promise<void> {
  if (integrations.length === 0) return;
  await sqlOn(services.db.pool)(END_DEMO);
  services.integrations.changed();
  for (const integration of integrations) await configureIntegration(services, integration, 'ENVIRONMENT');
}
