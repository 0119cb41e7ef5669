import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { EntityType, SyncEventStatus } from '../../../model/statuses.js';
import { registerRoute } from '../../docs/register-route.js';
import { enveloped, success } from '../../envelope.js';
import type { ContextOf } from '../context-of.js';
import { INTEGRATIONS_PATH, integrationId, integrationRoute } from '../integration-route.js';
import { runOrThrow } from '../run-or-throw.js';
import { connectionBody, syncBody, webhookBody } from './bodies.js';
import { REGISTER_WEBHOOK, SYNC, TEST } from './operations.js';

/** The gateway's words for what can be synced. */
const SYNC_TYPES: Readonly<Record<string, EntityType>> = {
  inventory: 'INVENTORY',
  stock: 'INVENTORY',
  products: 'PRODUCT',
  product: 'PRODUCT',
  prices: 'PRODUCT',
  pricing: 'PRODUCT',
  orders: 'ORDER',
  order: 'ORDER',
  invoices: 'INVOICE',
  invoice: 'INVOICE',
  customers: 'CUSTOMER',
  transactions: 'TRANSACTION',
  subscriptions: 'BILLING_SUBSCRIPTION',
};

const startBody = z.object({
  type: z.enum(Object.keys(SYNC_TYPES)).meta({ description: 'What to read; prices come with the products.' }),
  priority: z.int().nullish().meta({ description: 'Higher goes first; -100 to 100.' }),
  delay: z.int().min(0, 'is below 0').nullish().meta({ description: 'Not before so many milliseconds from now.' }),
  idempotencyKey: z.string().nullish(),
});

const registerBody = z.object({
  url: z.string().meta({ description: 'The public address that the sender is given.' }),
  events: z.array(z.string()).nullish().meta({ description: 'What is applied; default: everything.' }),
  secret: z.string().nullish().meta({
    description: 'Signs the webhooks; sealed, never read back. Left out: who sends them must bring `X-API-Key`.',
  }),
});

/** Rows G2–G4: what is done with an integration. */
export function registerIntegrationActions(scope: FastifyInstance, contextOf: ContextOf): void {
  registerSync(scope, contextOf);
  registerTest(scope, contextOf);
  registerWebhookRegistration(scope, contextOf);
}

function registerSync(scope: FastifyInstance, contextOf: ContextOf): void {
  interface Started {
    payload: { syncEvent: { id: string; status: SyncEventStatus; entityType: EntityType; createdAt: string } };
  }
  registerRoute(scope, {
    ...integrationRoute,
    method: 'POST',
    url: `${INTEGRATIONS_PATH}/:id/sync`,
    summary: 'Starts to read what the system knows of one kind of entity',
    description: 'Needs the role `operator`.',
    authorize: contextOf,
    params: integrationId,
    body: startBody,
    answer: enveloped(syncBody),
    statuses: { 202: 'It is queued.' },
    errors: ['NOT_FOUND', 'INTEGRATION_DISABLED', 'UNSUPPORTED', 'IDEMPOTENCY_KEY_REUSED'],
    handle: async ({ context, params, body, request, reply }) => {
      const { type, priority, delay, idempotencyKey } = body;
      const input = {
        integrationId: params.id,
        entityType: SYNC_TYPES[type],
        priority,
        delayMs: delay,
        idempotencyKey,
      };
      const { payload } = await runOrThrow<Started>(context, SYNC, { input });
      reply.code(202);
      const { id, status, entityType, createdAt } = payload.syncEvent;
      return success(request, { syncEventId: id, status, type: entityType.toLowerCase(), createdAt });
    },
  });
}

function registerTest(scope: FastifyInstance, contextOf: ContextOf): void {
  interface Tested {
    payload: { ok: boolean; latencyMs: number | null; errorCode: string | null; errorMessage: string | null };
  }
  registerRoute(scope, {
    ...integrationRoute,
    method: 'POST',
    url: `${INTEGRATIONS_PATH}/:id/test-connection`,
    summary: 'Asks the system whether it is well, now',
    description: 'Needs the role `operator`. That it is not well is an answer, not an error.',
    authorize: contextOf,
    params: integrationId,
    answer: enveloped(connectionBody),
    errors: ['NOT_FOUND', 'INVALID_STATE', 'CREDENTIALS_UNREADABLE'],
    handle: async ({ context, params: { id }, request }) => {
      const { ok, latencyMs, errorCode, errorMessage } = (await runOrThrow<Tested>(context, TEST, { id })).payload;
      return success(request, { connected: ok, latencyMs, errorCode, errorMessage });
    },
  });
}

function registerWebhookRegistration(scope: FastifyInstance, contextOf: ContextOf): void {
  interface Registered {
    payload: {
      integration: { id: string; webhook: { path: string; url: string; events: string[]; keyRequired: boolean } };
    };
  }
  registerRoute(scope, {
    ...integrationRoute,
    method: 'POST',
    url: `${INTEGRATIONS_PATH}/:id/webhook/register`,
    summary: 'Takes webhooks at `/webhooks/{id}` signed with this secret, or brought with an API key',
    description: 'Needs the role `admin`. A second registration replaces the first.',
    authorize: contextOf,
    params: integrationId,
    body: registerBody,
    answer: enveloped(webhookBody),
    statuses: { 201: 'They are taken from now on.' },
    errors: ['NOT_FOUND'],
    handle: async ({ context, params, body, request, reply }) => {
      const input = { ...body, integrationId: params.id };
      const { integration } = (await runOrThrow<Registered>(context, REGISTER_WEBHOOK, { input })).payload;
      reply.code(201);
      const { path, ...told } = integration.webhook;
      return success(request, { integrationId: integration.id, webhookPath: path, ...told });
    },
  });
}
