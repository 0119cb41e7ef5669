import type { FastifyInstance } from 'fastify';
import type { DocumentNode } from 'graphql';
import { z } from 'zod';
import type { HubContext } from '../../../../schema/context.js';
import { registerRoute } from '../../docs/register-route.js';
import { enveloped, success } from '../../envelope.js';
import type { ContextOf } from '../context-of.js';
import { runOrThrow } from '../run-or-throw.js';
import * as bodies from './bodies.js';
import { find } from './find-integration.js';
import * as operations from './operations.js';
import { FLASHERP_PATH, flashErpRoute, registerPlain } from './plain-route.js';
import { type ShownEvent, type SyncShown, toSync } from './words.js';

const idSchema = z.object({ id: z.string() });

export function registerSyncs(scope: FastifyInstance, contextOf: ContextOf): void {
  for (const kind of ['transaction', 'subscription', 'customer'] as const) {
    withId(
      scope,
      contextOf,
      `sync/${kind}`,
      `Sends one ${kind} now, by its id or its reference`,
      async (context, id) => {
        const input = { id: await idOf(context, kind, id), integrationId: (await find(context)).id };
        return eventOf(context, operations.SYNC[kind], { input });
      },
    );
  }
  registerPlain(scope, contextOf, {
    method: 'POST',
    url: `${FLASHERP_PATH}/sync/reconcile`,
    summary: 'Compares FlashERP with the hub',
    body: z.strictObject({ from: z.string().nullish(), to: z.string().nullish() }).nullish(),
    shape: bodies.reconciliationShown,
    answer: async (context, body) => {
      type Started = { done: { reconciliation: z.output<typeof bodies.reconciliationShown> } };
      const input = { integrationId: (await find(context)).id, ...body };
      const { done } = await runOrThrow<Started>(context, operations.RECONCILE, { input });
      return done.reconciliation;
    },
  });
  withId(scope, contextOf, 'retry', 'Puts one failed sync back in the queue', (context, id) =>
    eventOf(context, operations.RETRY, { id }),
  );
  withId(scope, contextOf, 'skip', 'Ends one sync without sending it', (context, id) =>
    eventOf(context, operations.SKIP, { id, reason: 'Skipped by /api/erp/skip.' }),
  );
}

function withId(
  scope: FastifyInstance,
  contextOf: ContextOf,
  path: string,
  summary: string,
  answer: (context: HubContext, id: string) => Promise<SyncShown>,
): void {
  registerRoute(scope, {
    ...flashErpRoute,
    method: 'POST',
    url: `${FLASHERP_PATH}/${path}/:id`,
    summary,
    authorize: contextOf,
    params: idSchema,
    answer: enveloped(bodies.syncShown),
    errors: ['NOT_FOUND', 'INVALID_STATE', 'INTEGRATION_DISABLED'],
    handle: async ({ context, params, request }) => success(request, await answer(context, params.id)),
  });
}

async function eventOf(context: HubContext, document: DocumentNode, variables: Record<string, unknown>) {
  const { done } = await runOrThrow<{ done: { syncEvent: ShownEvent } }>(context, document, variables);
  return toSync(done.syncEvent);
}

async function idOf(context: HubContext, kind: keyof typeof operations.KNOWN, id: string): Promise<string> {
  type Found = { byId: { id: string } | null; byReference: { id: string } | null };
  const { byId, byReference } = await runOrThrow<Found>(context, operations.KNOWN[kind], { id, asId: id });
  return (byId ?? byReference)?.id ?? id;
}
