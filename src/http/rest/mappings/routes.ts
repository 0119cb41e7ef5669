import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { HubContext } from '../../../../schema/context.js';
import { HubError } from '../../../errors.js';
import {
  COLLECTIONS,
  type GatewayRule,
  gatewayRuleSchema,
  inOwnWords,
  ruleSetsOf,
} from '../../../flow/mappings/gateway-rules.js';
import { registerRoute } from '../../docs/register-route.js';
import { enveloped, success } from '../../envelope.js';
import type { ContextOf } from '../context-of.js';
import { INTEGRATIONS_PATH, integrationId, integrationRoute } from '../integration-route.js';
import { runOrThrow } from '../run-or-throw.js';
import { MAPPINGS, type MappingData, PREVIEW_MAPPING, PUT_MAPPINGS, type RuleData } from './operations.js';

const PATH = `${INTEGRATIONS_PATH}/:id/mappings`;

const direction = z
  .enum(['inbound', 'outbound'])
  .default('inbound')
  .meta({ description: 'From the system into the hub, or the other way.' });
const mappingsBody = z.object({ direction, mappings: z.array(gatewayRuleSchema).min(1) });
const previewBody = mappingsBody.extend({ sample: z.record(z.string(), z.unknown()) });

const versionBody = z.object({
  entityType: z.string(),
  direction: z.string(),
  version: z.int(),
  mappings: z.array(gatewayRuleSchema),
});

const outcomeBody = z.object({
  sourceField: z.string(),
  targetField: z.string(),
  value: z.unknown(),
  error: z.string().nullable(),
});
const changeBody = z.object({
  field: z.string(),
  before: z.unknown().meta({ description: 'By the mappings that are published.' }),
  after: z.unknown(),
  error: z.string().nullable(),
});
const trialBody = z.object({
  entityType: z.string(),
  output: z.unknown(),
  rules: z.array(outcomeBody),
  changes: z.array(changeBody),
});

/** Row G10, in the gateway's form: published rules, by the collection that they write to. */
export function registerMappings(scope: FastifyInstance, contextOf: ContextOf): void {
  registerPublished(scope, contextOf);
  registerPreview(scope, contextOf);
}

function registerPublished(scope: FastifyInstance, contextOf: ContextOf): void {
  registerRoute(scope, {
    ...integrationRoute,
    method: 'GET',
    url: PATH,
    summary: 'The field mappings that are published',
    description: 'Needs the role `operator`.',
    authorize: contextOf,
    params: integrationId,
    answer: enveloped(z.array(versionBody)),
    errors: ['NOT_FOUND'],
    handle: async ({ context, params, request }) => success(request, await readPublished(context, params.id)),
  });
  registerRoute(scope, {
    ...integrationRoute,
    method: 'PUT',
    url: PATH,
    summary: 'Saves and publishes field mappings',
    description:
      'Needs the role `admin`. All collections or none, under one version number; those that are not named stay as they are.',
    authorize: contextOf,
    params: integrationId,
    body: mappingsBody,
    answer: enveloped(z.array(versionBody)),
    errors: ['NOT_FOUND'],
    handle: async ({ context, params, body, request }) => {
      await putAll(context, params.id, body);
      return success(request, await readPublished(context, params.id));
    },
  });
}

function registerPreview(scope: FastifyInstance, contextOf: ContextOf): void {
  registerRoute(scope, {
    ...integrationRoute,
    method: 'POST',
    url: `${PATH}/preview`,
    summary: 'Tries field mappings on a sample; writes and sends nothing',
    description: 'Needs the role `operator`.',
    authorize: contextOf,
    params: integrationId,
    body: previewBody,
    answer: enveloped(z.array(trialBody)),
    errors: ['NOT_FOUND'],
    handle: async ({ context, params, body, request }) => success(request, await preview(context, params.id, body)),
  });
}

async function readPublished(context: HubContext, id: string) {
  const data = await runOrThrow<{ integration: { fieldMappings: MappingData[] } | null }>(context, MAPPINGS, { id });
  if (!data.integration) throw new HubError('NOT_FOUND', `There is no integration ${id}.`, { path: ['id'] });
  return data.integration.fieldMappings.flatMap(({ entityType, direction, versions }) =>
    versions
      .filter(({ status }) => status === 'PUBLISHED')
      .map(({ version, rules }) => ({
        entityType: entityType.toLowerCase(),
        direction: direction.toLowerCase(),
        version,
        mappings: rules.map((rule) => toRule(rule, entityType, direction)),
      })),
  );
}

/** As it is put: with its collection, which outbound targets are kept without, and inbound ones that came by GraphQL may be. */
function toRule({ source, target, ...rest }: RuleData, entityType: string, direction: string): GatewayRule {
  const collection = Object.keys(COLLECTIONS).find((name) => COLLECTIONS[name] === entityType);
  const isWhole = direction === 'INBOUND' && Object.hasOwn(COLLECTIONS, target.split('.')[0] ?? '');
  const { required, transformation, defaultValue } = rest;
  const targetField = isWhole || !collection ? target : `${collection}.${target}`;
  return { sourceField: source, targetField, required, transformation, defaultValue };
}

async function putAll(context: HubContext, integrationId: string, body: z.output<typeof mappingsBody>) {
  const inputs = ruleSetsOf(body.direction, body.mappings);
  const mappings = inputs.map(({ places: _, ...input }) => input);
  await runOrThrow(context, PUT_MAPPINGS, { input: { integrationId, mappings } }).catch((error: unknown) => {
    throw error instanceof HubError ? inOwnWords(error, inputs) : error;
  });
}

interface Previewed {
  payload: {
    preview: {
      output: unknown;
      rules: { source: string; target: string; value: unknown; errorMessage: string | null }[];
      differences: { path: string; before: unknown; after: unknown; errorMessage: string | null }[];
    };
  };
}

const toChange = ({ path, before, after, errorMessage }: Previewed['payload']['preview']['differences'][number]) => ({
  ...{ field: path, before, after, error: errorMessage },
});

async function preview(context: HubContext, integrationId: string, { sample, ...body }: z.output<typeof previewBody>) {
  const trials: z.output<typeof trialBody>[] = [];
  for (const { places: _, ...rules } of ruleSetsOf(body.direction, body.mappings)) {
    const input = { ...rules, integrationId, sample };
    const { payload } = await runOrThrow<Previewed>(context, PREVIEW_MAPPING, { input });
    const { output, differences } = payload.preview;
    const outcomes = payload.preview.rules.map(({ source, target, value, errorMessage }) => ({
      ...{ sourceField: source, targetField: target, value, error: errorMessage },
    }));
    trials.push({
      entityType: rules.entityType.toLowerCase(),
      output,
      rules: outcomes,
      changes: differences.map(toChange),
    });
  }
  return trials;
}
