import type { FastifyInstance } from 'fastify';
import type { DocumentNode } from 'graphql';
import { z } from 'zod';
import type { HubContext } from '../../../schema/context.js';
import { registerRoute } from '../docs/register-route.js';
import { enveloped, success } from '../envelope.js';
import * as bodies from './flasherp-bodies.js';
import { FLASHERP_PATH, find, findOrNull, flashErpRoute, route, toConfig } from './flasherp-common.js';
import { registerFullSync } from './flasherp-full-sync.js';
import type { FlashErpIntegration } from './flasherp-operations.js';
import * as operations from './flasherp-operations.js';
import { registerFlashErpReads } from './flasherp-reads.js';
import { type ShownEvent, type SyncShown, toSync } from './flasherp-words.js';
import type { ContextOf } from './portal-sync-routes.js';
import { run } from './run.js';

const DEFAULT_BASE_URL = 'https://api.flasherp.com/v1';
const idSchema = z.object({ id: z.string() });

const configBody = z.strictObject({
  apiKey: z.string().nullish().meta({ description: 'Sealed; never read back.' }),
  apiSecret: z.string().nullish().meta({ description: 'Sealed; never read back.' }),
  webhookSecret: z.string().nullish().meta({ description: 'Sealed; never read back.' }),
  baseUrl: z.string().nullish(),
  merchantId: z.string().nullish().meta({ description: 'Where there is no integration yet.' }),
  isEnabled: z.boolean().nullish().meta({ description: 'The master switch.' }),
  enableAutoSync: z.boolean().nullish(),
  syncInterval: z.int().nullish(),
  syncScope: z.record(z.string(), z.boolean()).nullish(),
});
type Config = z.output<typeof configBody>;

/** Rows F4–F9 and F11: FlashERP's configuration, syncs, status and history, for admins. */
export function registerFlashErp(scope: FastifyInstance, contextOf: ContextOf): void {
  registerConfig(scope, contextOf);
  registerSyncs(scope, contextOf);
  registerFullSync(scope, contextOf);
  registerFlashErpReads(scope, contextOf);
}

function registerConfig(scope: FastifyInstance, contextOf: ContextOf): void {
  const url = `${FLASHERP_PATH}/config`;
  route(scope, contextOf, {
    method: 'GET',
    url,
    summary: 'How FlashERP is configured; secrets are not among it',
    shape: bodies.configShown,
    answer: async (context) => toConfig(await find(context)),
  });
  route(scope, contextOf, {
    method: 'PUT',
    url,
    summary: 'Configures FlashERP; what is left out stays',
    body: configBody,
    shape: bodies.configShown,
    answer: async (context, body) => toConfig(await configure(context, body)),
  });
  route(scope, contextOf, {
    method: 'DELETE',
    url,
    summary: 'Removes the configuration; what was synced stays',
    shape: bodies.deleted,
    answer: async (context) => {
      const { id } = await find(context);
      await run(context, operations.DELETE, { id });
      return { id, deleted: true as const };
    },
  });
  registerTest(scope, contextOf);
}

function registerTest(scope: FastifyInstance, contextOf: ContextOf): void {
  route(scope, contextOf, {
    method: 'POST',
    url: `${FLASHERP_PATH}/config/test`,
    summary: 'Asks FlashERP whether it is well',
    shape: bodies.tested,
    answer: async (context) => {
      const { id } = await find(context);
      const { done } = await run<{ done: z.output<typeof bodies.tested> }>(context, operations.TEST, { id });
      const { ok, latencyMs, errorCode, errorMessage } = done;
      return { ok, latencyMs, errorCode, errorMessage };
    },
  });
}

async function configure(context: HubContext, body: Config): Promise<FlashErpIntegration> {
  const { apiKey, apiSecret, webhookSecret, isEnabled, merchantId, ...settings } = body;
  const given = (fields: object) => Object.fromEntries(Object.entries(fields).filter(([, value]) => value != null));
  const credentials = given({ apiKey, apiSecret, webhookSecret });
  const known = await findOrNull(context);
  const syncScope = { ...(known?.settings['syncScope'] as object | undefined), ...body.syncScope };
  const wanted = { ...given(settings), ...(body.syncScope && { syncScope }) };
  const common = { credentials, enabled: isEnabled ?? undefined };
  const [document, input] = known
    ? [operations.UPDATE, { id: known.id, ...common, settings: wanted }]
    : [
        operations.CREATE,
        {
          merchantId: merchantId ?? context.caller.merchantId ?? 'default',
          name: 'FlashERP',
          connector: 'flasherp',
          mode: 'HYBRID',
          ...common,
          settings: { baseUrl: DEFAULT_BASE_URL, ...wanted },
        },
      ];
  const { done } = await run<{ done: { integration: FlashErpIntegration } }>(context, document, { input });
  return done.integration;
}

function registerSyncs(scope: FastifyInstance, contextOf: ContextOf): void {
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
  route(scope, contextOf, {
    method: 'POST',
    url: `${FLASHERP_PATH}/sync/reconcile`,
    summary: 'Compares FlashERP with the hub',
    body: z.strictObject({ from: z.string().nullish(), to: z.string().nullish() }).nullish(),
    shape: bodies.reconciliationShown,
    answer: async (context, body) => {
      type Started = { done: { reconciliation: z.output<typeof bodies.reconciliationShown> } };
      const input = { integrationId: (await find(context)).id, ...body };
      const { done } = await run<Started>(context, operations.RECONCILE, { input });
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
  const { done } = await run<{ done: { syncEvent: ShownEvent } }>(context, document, variables);
  return toSync(done.syncEvent);
}

async function idOf(context: HubContext, kind: keyof typeof operations.KNOWN, id: string): Promise<string> {
  type Found = { byId: { id: string } | null; byReference: { id: string } | null };
  const { byId, byReference } = await run<Found>(context, operations.KNOWN[kind], { id, asId: id });
  return (byId ?? byReference)?.id ?? id;
}
