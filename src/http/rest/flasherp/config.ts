import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { HubContext } from '../../../../schema/context.js';
import type { ContextOf } from '../context-of.js';
import { runOrThrow } from '../run-or-throw.js';
import * as bodies from './bodies.js';
import { find, findOrNull, toConfig } from './find-integration.js';
import type { FlashErpIntegration } from './operations.js';
import * as operations from './operations.js';
import { FLASHERP_PATH, registerPlain } from './plain-route.js';

const DEFAULT_BASE_URL = 'https://api.flasherp.com/v1';

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

export function registerConfig(scope: FastifyInstance, contextOf: ContextOf): void {
  const url = `${FLASHERP_PATH}/config`;
  registerPlain(scope, contextOf, {
    method: 'GET',
    url,
    summary: 'How FlashERP is configured; secrets are not among it',
    shape: bodies.configShown,
    answer: async (context) => toConfig(await find(context)),
  });
  registerPlain(scope, contextOf, {
    method: 'PUT',
    url,
    summary: 'Configures FlashERP; what is left out stays',
    body: configBody,
    shape: bodies.configShown,
    answer: async (context, body) => toConfig(await configure(context, body)),
  });
  registerPlain(scope, contextOf, {
    method: 'DELETE',
    url,
    summary: 'Removes the configuration; what was synced stays',
    shape: bodies.deleted,
    answer: async (context) => {
      const { id } = await find(context);
      await runOrThrow(context, operations.DELETE, { id });
      return { id, deleted: true as const };
    },
  });
  registerTest(scope, contextOf);
}

function registerTest(scope: FastifyInstance, contextOf: ContextOf): void {
  registerPlain(scope, contextOf, {
    method: 'POST',
    url: `${FLASHERP_PATH}/config/test`,
    summary: 'Asks FlashERP whether it is well',
    shape: bodies.tested,
    answer: async (context) => {
      const { id } = await find(context);
      const { done } = await runOrThrow<{ done: z.output<typeof bodies.tested> }>(context, operations.TEST, { id });
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
  const { done } = await runOrThrow<{ done: { integration: FlashErpIntegration } }>(context, document, { input });
  return done.integration;
}
