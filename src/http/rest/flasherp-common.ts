import type { FastifyInstance } from 'fastify';
import type { z } from 'zod';
import type { HubContext } from '../../../schema/context.js';
import { HubError } from '../../errors.js';
import { registerRoute } from '../docs/register-route.js';
import type { Route } from '../docs/route.js';
import { CALLERS } from '../docs/schemes.js';
import { enveloped, success } from '../envelope.js';
import type { configShown } from './flasherp-bodies.js';
import type { FlashErpIntegration } from './flasherp-operations.js';
import * as operations from './flasherp-operations.js';
import type { ContextOf } from './portal-sync-routes.js';
import { run } from './run.js';

export const FLASHERP_PATH = '/api/erp';

export const flashErpRoute = { tag: 'FlashERP', access: CALLERS, description: 'Needs the role `admin`.' } as const;

type Own<Body, Answer> = Pick<Route<HubContext, unknown, unknown, Body, unknown>, 'method' | 'url' | 'summary'> & {
  body?: z.ZodType<Body>;
  /** What `answer` answers. */
  shape: z.ZodType<Answer>;
  answer(context: HubContext, body: Body): Promise<Answer>;
};

/** An address without parameters. */
export function route<Answer, Body = unknown>(
  scope: FastifyInstance,
  contextOf: ContextOf,
  { answer, shape, ...own }: Own<Body, Answer>,
): void {
  registerRoute(scope, {
    ...flashErpRoute,
    ...own,
    authorize: contextOf,
    answer: enveloped(shape),
    errors: ['NOT_FOUND', 'INTEGRATION_DISABLED'],
    handle: async ({ context, body, request }) => success(request, await answer(context, body)),
  });
}

export async function findOrNull(context: HubContext): Promise<FlashErpIntegration | null> {
  const { integrations } = await run<{ integrations: FlashErpIntegration[] }>(context, operations.FIND, {});
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
