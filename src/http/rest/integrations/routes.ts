import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { HubContext } from '../../../../schema/context.js';
import { HubError } from '../../../errors.js';
import { gatewayRuleSchema } from '../../../flow/mappings/gateway-rules.js';
import { registerRoute } from '../../docs/register-route.js';
import { enveloped, success } from '../../envelope.js';
import type { ContextOf } from '../context-of.js';
import { INTEGRATIONS_PATH, integrationId, integrationRoute } from '../integration-route.js';
import { paged, pageOf, pageQuery } from '../paging.js';
import { runOrThrow } from '../run-or-throw.js';
import { integrationBody, toIntegrationBody, typeSchema } from './bodies.js';
import { CREATE, DELETE, type IntegrationData, LIST, READ, UPDATE } from './operations.js';

const fields = z.record(z.string(), z.unknown());
const ADMIN = 'Needs the role `admin`.';
const PATCH =
  'What is left out stays; a field of credentials or settings given as null has no value where its schema takes null, and is taken out where it does not.';

const listQuery = pageQuery.extend({
  merchantId: z.string().optional(),
  connector: z.string().optional(),
  enabled: z.enum(['true', 'false']).optional(),
});

const createBody = z.object({
  merchantId: z.string(),
  name: z.string(),
  type: typeSchema,
  connector: z.string().meta({ description: 'A name from the query `connectors`.' }),
  credentials: fields.nullish().meta({ description: 'Sealed; never read back.' }),
  settings: fields.nullish(),
  mappings: z
    .union([fields, z.array(gatewayRuleSchema)])
    .nullish()
    .meta({ description: 'Of statuses, by name; or inbound ones of fields, a list.' }),
  enabled: z.boolean().nullish(),
});

const updateBody = createBody.omit({ merchantId: true, connector: true }).partial();

/** Row G1: integrations as the gateway's clients know them. */
export function registerIntegrations(scope: FastifyInstance, contextOf: ContextOf): void {
  registerReads(scope, contextOf);
  registerCreate(scope, contextOf);
  registerUpdate(scope, contextOf, 'PUT');
  registerUpdate(scope, contextOf, 'PATCH');
  registerDelete(scope, contextOf);
}

function registerReads(scope: FastifyInstance, contextOf: ContextOf): void {
  registerRoute(scope, {
    ...integrationRoute,
    method: 'GET',
    url: INTEGRATIONS_PATH,
    summary: 'Integrations by name, page by page',
    description: 'Needs the role `operator`.',
    authorize: contextOf,
    query: listQuery,
    answer: paged(integrationBody),
    handle: async ({ context, query, request }) => {
      const { merchantId, connector, enabled } = query;
      const filter = { merchantId, connector, enabled: enabled && enabled === 'true' };
      const { integrations } = await runOrThrow<{ integrations: IntegrationData[] }>(context, LIST, { filter });
      return { ...success(request, []), ...pageOf(integrations.map(toIntegrationBody), query) };
    },
  });
  registerRoute(scope, {
    ...integrationRoute,
    method: 'GET',
    url: `${INTEGRATIONS_PATH}/:id`,
    summary: 'One integration',
    description: 'Needs the role `operator`.',
    authorize: contextOf,
    params: integrationId,
    answer: enveloped(integrationBody),
    errors: ['NOT_FOUND'],
    handle: async ({ context, params, request }) =>
      success(request, toIntegrationBody(await findIntegration(context, params.id))),
  });
}

function registerCreate(scope: FastifyInstance, contextOf: ContextOf): void {
  registerRoute(scope, {
    ...integrationRoute,
    method: 'POST',
    url: INTEGRATIONS_PATH,
    summary: 'Configures a merchant’s use of a connector',
    description: ADMIN,
    authorize: contextOf,
    body: createBody,
    answer: enveloped(integrationBody),
    statuses: { 201: 'It works from now on.' },
    errors: ['NOT_FOUND'],
    handle: async ({ context, body: { type, ...rest }, request, reply }) => {
      const data = await runOrThrow<Written>(context, CREATE, { input: { ...rest, mode: type } });
      reply.code(201);
      return success(request, toIntegrationBody(data.payload.integration));
    },
  });
}

function registerUpdate(scope: FastifyInstance, contextOf: ContextOf, method: 'PUT' | 'PATCH'): void {
  registerRoute(scope, {
    ...integrationRoute,
    method,
    url: `${INTEGRATIONS_PATH}/:id`,
    summary: 'Changes an integration',
    description: `${ADMIN} ${PATCH}`,
    authorize: contextOf,
    params: integrationId,
    body: updateBody,
    answer: enveloped(integrationBody),
    errors: ['NOT_FOUND'],
    handle: async ({ context, params, body: { type, ...rest }, request }) => {
      const data = await runOrThrow<Written>(context, UPDATE, { input: { ...rest, mode: type, id: params.id } });
      return success(request, toIntegrationBody(data.payload.integration));
    },
  });
}

function registerDelete(scope: FastifyInstance, contextOf: ContextOf): void {
  registerRoute(scope, {
    ...integrationRoute,
    method: 'DELETE',
    url: `${INTEGRATIONS_PATH}/:id`,
    summary: 'Deletes an integration; its history stays',
    description: ADMIN,
    authorize: contextOf,
    params: integrationId,
    answer: enveloped(z.object({ id: z.string(), deleted: z.literal(true) })),
    errors: ['NOT_FOUND', 'INVALID_STATE'],
    handle: async ({ context, params: { id }, request }) => {
      await runOrThrow(context, DELETE, { id });
      return success(request, { id, deleted: true as const });
    },
  });
}

interface Written {
  payload: { integration: IntegrationData };
}

/** @throws HubError NOT_FOUND */
async function findIntegration(context: HubContext, id: string): Promise<IntegrationData> {
  const { integration } = await runOrThrow<{ integration: IntegrationData | null }>(context, READ, { id });
  if (!integration) throw new HubError('NOT_FOUND', `There is no integration ${id}.`, { path: ['id'] });
  return integration;
}
