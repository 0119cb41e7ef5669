import type { Services } from '../services.js';
import { type ConfiguredIntegration, configureIntegration } from './configure-integration.js';

export const DEMO_MERCHANT = 'demo';

/** Gives the demo's merchant an integration with a running simulator, under the connector's name. Repeated at each start. */
export async function setUpDemo(
  services: Services,
  wanted: Pick<ConfiguredIntegration, 'connector' | 'credentials' | 'settings'>,
): Promise<void> {
  const integration = { id: wanted.connector, merchantId: DEMO_MERCHANT, ...wanted };
  await configureIntegration(services, integration, 'DEMO', 'Demo merchant');
}
