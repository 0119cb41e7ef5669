import { type ConfiguredIntegration, configureIntegration } from './configure-integration.js';
import type { Services } from './services.js';

/**
 * Brings the integrations that the environment configures in step with it. One whose variables are gone stays as it
 * was: people decide what becomes of its history.
 * @throws HubError BAD_USER_INPUT when a connector does not accept its configuration
 */
export async function configureFromEnvironment(
  services: Services,
  integrations: readonly ConfiguredIntegration[],
): Promise<void> {
  for (const integration of integrations) await configureIntegration(services, integration, 'ENVIRONMENT');
}
