import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { HubContext } from '../../../../schema/context.js';
import { HubError } from '../../../errors.js';
import { registerRoute } from '../../docs/register-route.js';
import { enveloped, success } from '../../envelope.js';
import type { ContextOf } from '../context-of.js';
import { runOrThrow } from '../run-or-throw.js';
import { fullSyncShown } from './bodies.js';
import { find, toConfig } from './find-integration.js';
import * as operations from './operations.js';
import { FLASHERP_PATH, flashErpRoute, registerPlain } from './plain-route.js';

type FullSyncShown = z.output<typeof fullSyncShown>;

const SCOPES = [
  ['customers', 'CUSTOMER'],
  ['transactions', 'TRANSACTION'],
  ['subscriptions', 'BILLING_SUBSCRIPTION'],
  ['invoices', 'INVOICE'],
] as const;

/** Row F6. */
export function registerFullSync(scope: FastifyInstance, contextOf: ContextOf): void {
  registerPlain(scope, contextOf, {
    method: 'POST',
    url: `${FLASHERP_PATH}/sync/full`,
    summary: 'Sends everything that is not in step, in batches; answers the run, which shows how far it is',
    shape: fullSyncShown,
    answer: fullSync,
  });
  registerRoute(scope, {
    ...flashErpRoute,
    method: 'GET',
    url: `${FLASHERP_PATH}/sync/full/:id`,
    summary: 'How far a full sync is',
    authorize: contextOf,
    params: z.object({ id: z.string() }),
    answer: enveloped(fullSyncShown),
    errors: ['NOT_FOUND'],
    handle: async ({ context, params, request }) => success(request, await fullSyncNow(context, params.id)),
  });
  registerRoute(scope, {
    ...flashErpRoute,
    method: 'POST',
    url: `${FLASHERP_PATH}/sync/full/:id/cancel`,
    summary: 'Ends a full sync after the batch that it is at',
    authorize: contextOf,
    params: z.object({ id: z.string() }),
    answer: enveloped(fullSyncShown),
    errors: ['NOT_FOUND', 'INVALID_STATE'],
    handle: async ({ context, params, request }) => success(request, await cancel(context, params.id)),
  });
}

async function cancel(context: HubContext, id: string): Promise<FullSyncShown> {
  const { done } = await runOrThrow<{ done: { fullSync: FullSyncShown } }>(context, operations.CANCEL_FULL_SYNC, {
    id,
  });
  return done.fullSync;
}

/** All that the scope has, customers first. */
async function fullSync(context: HubContext): Promise<FullSyncShown> {
  const integration = await find(context);
  const { syncScope } = toConfig(integration);
  const entityTypes = SCOPES.filter(([scope]) => syncScope[scope]).map(([, entityType]) => entityType);
  const input = { integrationId: integration.id, entityTypes };
  const { done } = await runOrThrow<{ done: { fullSync: FullSyncShown } }>(context, operations.FULL_SYNC, { input });
  return done.fullSync;
}

async function fullSyncNow(context: HubContext, id: string) {
  const { fullSync: found } = await runOrThrow<{ fullSync: FullSyncShown | null }>(context, operations.FULL_SYNC_NOW, {
    id,
  });
  if (found) return found;
  throw new HubError('NOT_FOUND', `There is no full sync ${id}.`);
}
