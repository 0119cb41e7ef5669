import { z } from 'zod';
import { EntityType, IntegrationMode, SyncEventStatus } from '../../../model/statuses.js';
import type { IntegrationData } from './operations.js';

const lower = <T extends Record<string, string>>(words: T) => Object.values(words).map((word) => word.toLowerCase());

/** The documented words, in lower case. */
export const typeSchema = z
  .enum(lower(IntegrationMode))
  .transform((word) => word.toUpperCase() as IntegrationMode)
  .meta({ description: 'How it is kept in step.' });

export const integrationBody = z.object({
  id: z.string(),
  merchantId: z.string(),
  name: z.string(),
  type: z.enum(lower(IntegrationMode)),
  connector: z.string(),
  settings: z.record(z.string(), z.unknown()),
  credentialsConfigured: z.boolean().meta({ description: 'Whether there are any; they are never read back.' }),
  enabled: z.boolean(),
  configuredBy: z.string(),
  createdAt: z.string(),
  updatedAt: z.string(),
});

export function toIntegrationBody({ mode, ...integration }: IntegrationData): z.output<typeof integrationBody> {
  return { ...integration, type: mode.toLowerCase() };
}

export const syncBody = z.object({
  syncEventId: z.string(),
  status: z.enum(SyncEventStatus),
  type: z.enum(lower(EntityType)),
  createdAt: z.string(),
});

export const connectionBody = z.object({
  connected: z.boolean(),
  latencyMs: z.int().nullable(),
  errorCode: z.string().nullable(),
  errorMessage: z.string().nullable(),
});

export const webhookBody = z.object({
  integrationId: z.string(),
  webhookPath: z.string().meta({ description: 'Where the hub takes them, below its own address.' }),
  url: z.string(),
  events: z.array(z.string()),
  keyRequired: z.boolean().meta({ description: 'Registered without a secret: senders must bring `X-API-Key`.' }),
});
