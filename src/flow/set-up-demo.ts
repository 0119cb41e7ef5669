import { configureIntegration } from './configure-integration.js';
import type { Services } from './services.js';

/** Where a running simulator of the B2B Portal answers, and what it takes. */
export interface DemoPortal {
  baseUrl: string;
  apiKey: string;
  apiSecret: string;
}

export const DEMO_MERCHANT = 'demo';

/** Sets up the merchant of the demo with an integration for each simulator that runs. Repeated at each start. */
export async function setUpDemo(services: Services, portal: DemoPortal): Promise<void> {
  const { baseUrl, apiKey, apiSecret } = portal;
  const integration = {
    id: 'b2b-portal',
    connector: 'b2b-portal',
    merchantId: DEMO_MERCHANT,
    credentials: { apiKey, apiSecret },
    settings: { baseUrl, merchantId: DEMO_MERCHANT },
  };
  await configureIntegration(services, integration, 'DEMO', 'Demo merchant');
}
