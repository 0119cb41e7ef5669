import { z } from 'zod';
import { CALLERS } from '../docs/schemes.js';

/** Above all addresses of integrations, and of what belongs to one. */
export const INTEGRATIONS_PATH = '/api/integrations';
export const integrationRoute = { tag: 'Integrations', access: CALLERS } as const;
export const integrationId = z.object({ id: z.string().meta({ description: 'Of the integration.' }) });
