import { z } from 'zod';
import type { Connector } from '../connectors/connector.js';
import { checkUpstreamUrl } from '../connectors/upstream-http.js';
import { HubError } from '../errors.js';
import type { IntegrationMode } from '../model/statuses.js';
import { checkInput } from './check-input.js';
import { effectiveSettings } from './read-integrations.js';
import type { Services } from './services.js';

/** What a connector is configured with, unsealed. */
export interface IntegrationConfig {
  credentials: Record<string, unknown>;
  settings: Record<string, unknown>;
  mappings: Record<string, unknown>;
}

/** Fields given by name. */
export const fields = z.record(z.string(), z.unknown()).nullish();

type Fields = Record<string, unknown>;

/**
 * What is there, with the given fields in place of those of the same name. A field given as null is null where the schema
 * takes that ("no limit", "never"), and is taken out where it does not.
 */
export function mergeFields(present: Fields, given: Fields | null | undefined, schema?: z.ZodType): Fields {
  const merged = Object.entries({ ...present, ...given });
  return Object.fromEntries(merged.filter(([name, value]) => value !== null || takesNull(schema, name)));
}

function takesNull(schema: z.ZodType | undefined, name: string): boolean {
  const field = schema instanceof z.ZodObject ? (schema.shape as Record<string, z.ZodType>)[name] : undefined;
  return field?.safeParse(null).success ?? false;
}

/** @throws HubError NOT_FOUND */
export function findConnector(services: Services, name: string): Connector {
  const connector = services.connectors.find((one) => one.name === name);
  if (connector) return connector;
  const known = services.connectors.map((one) => one.name).join(', ');
  throw new HubError('NOT_FOUND', `There is no connector ${name}. There are: ${known}.`, { path: ['connector'] });
}

/** @throws HubError BAD_USER_INPUT where the connector does not work in this mode */
export function checkMode({ title, modes }: Connector, mode: IntegrationMode): void {
  if (!modes || modes.includes(mode)) return;
  throw new HubError('BAD_USER_INPUT', `mode: ${title} works by ${modes.join(' or ')} only.`, { path: ['mode'] });
}

/**
 * Checks a configuration by the connector's own schemas.
 * @throws HubError BAD_USER_INPUT with the path of the field
 */
export function checkConfig(services: Services, connector: Connector, config: IntegrationConfig): void {
  const schema = z.object({ credentials: connector.credentials, settings: connector.settings });
  checkInput(schema, { credentials: config.credentials, settings: effectiveSettings(config) });
  for (const [name, value] of Object.entries(config.settings)) {
    if (typeof value === 'string' && /^https?:/i.test(value)) checkAddress(services, name, value);
  }
}

function checkAddress(services: Services, name: string, url: string): void {
  try {
    checkUpstreamUrl(url, services.httpsOnly);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new HubError('BAD_USER_INPUT', `settings.${name}: ${message}`, { path: ['settings', name], cause: error });
  }
}
