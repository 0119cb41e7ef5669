import type { z } from 'zod';
import type { HubContext } from '../../../../schema/context.js';
import { HubError } from '../../../errors.js';
import { runOrThrow } from '../run-or-throw.js';
import type { configShown } from './bodies.js';
import type { FlashErpIntegration } from './operations.js';
import * as operations from './operations.js';

export async function findOrNull(context: HubContext): Promise<FlashErpIntegration | null> {
  const { integrations } = await runOrThrow<{ integrations: FlashErpIntegration[] }>(context, operations.FIND, {});
  return integrations[0] ?? null;
}

export async function find(context: HubContext): Promise<FlashErpIntegration> {
  const found = await findOrNull(context);
  if (found) return found;
  throw new HubError('NOT_FOUND', 'FlashERP is not configured: PUT /api/erp/config does it.');
}

/** What the connector's settings are where nothing else was said. */
const DEFAULTS = {
  enableAutoSync: true,
  syncInterval: 3600,
  syncScope: { transactions: true, subscriptions: true, customers: true, invoices: true, financialReports: false },
};

type ConfigShown = z.output<typeof configShown>;

export function toConfig(integration: FlashErpIntegration): ConfigShown {
  const { id, merchantId, enabled, settings, credentialsConfigured, health } = integration;
  return {
    id,
    merchantId,
    isEnabled: enabled,
    credentialsConfigured,
    healthStatus: (health?.health ?? 'UNKNOWN').toLowerCase() as ConfigShown['healthStatus'],
    ...DEFAULTS,
    ...settings,
    syncScope: { ...DEFAULTS.syncScope, ...(settings['syncScope'] as object | undefined) },
  };
}
