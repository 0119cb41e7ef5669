import { z } from 'zod';
import type { Connector } from '../../connectors/connector.js';
import { checkUpstreamUrl } from '../../connectors/upstream/upstream-http.js';
import { HubError } from '../../errors.js';
import { EntityType, type IntegrationMode } from '../../model/statuses.js';
import { checkInput, describeIssue } from '../check-input.js';
import { gatewayRuleSchema } from '../mappings/gateway-rules.js';
import { canBePulled } from '../pull/run-pull.js';
import type { Services } from '../services.js';
import { canBeRead } from '../sync/check-status.js';
import { effectiveSettings } from './read-integrations.js';

/** What a connector is configured with, unsealed. */
export interface IntegrationConfig {
  credentials: Record<string, unknown>;
  settings: Record<string, unknown>;
  mappings: Record<string, unknown>;
}

/** Fields given by name. */
export const fields = z.record(z.string(), z.unknown()).nullish();

/** Of statuses, by name; or of fields, a list as the gateway's clients write it. */
export const mappingsSchema = z.union([z.record(z.string(), z.unknown()), z.array(gatewayRuleSchema).min(1)]).nullish();

/** Those of statuses among what {@link mappingsSchema} takes. */
export function statusMappings(given: z.infer<typeof mappingsSchema>): Fields | null | undefined {
  return Array.isArray(given) ? undefined : given;
}

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
 * One that only takes webhooks is asked for nothing, so that a schedule would be accepted and never do anything.
 * @throws HubError BAD_USER_INPUT
 */
export function checkSchedule({ timetable }: Connector, mode: IntegrationMode, settings: Fields): void {
  const name = ['schedule', ...(timetable ? [] : ['syncInterval'])].find((one) => settings[one] != null);
  if (mode !== 'WEBHOOK' || name === undefined) return;
  const message = `settings.${name}: in the mode WEBHOOK nothing is asked for by the clock; set the mode POLLING or HYBRID, or leave it out.`;
  throw new HubError('BAD_USER_INPUT', message, { path: ['settings', name] });
}

/**
 * The same of one that has nothing to be read.
 * @param config as {@link checkConfig} has passed it
 * @throws HubError BAD_USER_INPUT
 */
export function checkScheduled(
  { integrations }: Services,
  connector: Connector,
  { merchantId, ...config }: IntegrationConfig & { merchantId: string },
): void {
  const name = SCHEDULES.find(
    (one) => config.settings[one] != null && !(connector.timetable && one === 'syncInterval'),
  );
  if (name === undefined) return;
  const settings = connector.settings.parse(effectiveSettings(config));
  const credentials = connector.credentials.parse(config.credentials);
  const connection = integrations.preview(connector, { merchantId, credentials, settings });
  if (
    Object.values(EntityType).some(
      (kind) => canBePulled({ connection }, kind) || canBeRead({ connection, connector }, kind),
    )
  )
    return;
  const message = `settings.${name}: ${connector.title} has nothing that can be read, so that there is nothing to do by the clock; leave it out.`;
  throw new HubError('BAD_USER_INPUT', message, { path: ['settings', name] });
}

const SCHEDULES = ['schedule', 'syncInterval'];

/**
 * Checks a configuration by the connector's own schemas.
 * @throws HubError BAD_USER_INPUT with the path of each field, what was found and what is expected
 */
export function checkConfig(services: Services, connector: Connector, config: IntegrationConfig): void {
  const schema = z.object({ credentials: connector.credentials, settings: connector.settings });
  const given = { credentials: config.credentials, settings: effectiveSettings(config) };
  checkFields(schema, given, (path) => pathAsGiven(path, config));
  for (const [name, value] of Object.entries(config.settings)) {
    if (typeof value === 'string' && /^https?:/i.test(value)) checkAddress(services, name, value);
  }
}

const LONGEST_SHOWN = 100;

type Path = z.core.$ZodIssue['path'];

/** Mappings are checked as `settings.statusMappings`, a name that nobody gave them by. */
function pathAsGiven(path: Path, { mappings }: IntegrationConfig): Path {
  const isMapping = path[0] === 'settings' && path[1] === 'statusMappings' && Object.keys(mappings).length > 0;
  return isMapping ? ['mappings', ...path.slice(2)] : path;
}

function checkFields(schema: z.ZodType, given: object, named: (path: Path) => Path): void {
  checkInput(z.unknown(), given);
  const parsed = schema.safeParse(given, { reportInput: true });
  if (parsed.success) return;
  const issues = parsed.error.issues.flatMap(tellField).map((issue) => ({ ...issue, path: named(issue.path) }));
  const [first] = issues;
  const message = issues.map(describeIssue).join(' ');
  throw new HubError('BAD_USER_INPUT', message, { path: first?.path.map(String), cause: new z.ZodError(issues) });
}

/** What was found, too; of credentials no more than its kind. */
function tellField(issue: z.core.$ZodIssue): z.core.$ZodIssue[] {
  if (issue.code === 'unrecognized_keys') {
    const message = 'is no field of this connector';
    return issue.keys.map((key) => ({ code: 'custom', path: [...issue.path, key], message, input: null }));
  }
  const { path, input } = issue;
  const isMissing = input === undefined || path.length === 0;
  const shown = path[0] === 'credentials' ? kindOf(input) : JSON.stringify(input)?.slice(0, LONGEST_SHOWN);
  const expected = issue.message.replace(/^Invalid input: expected (.+?)(, received .+)?$/, 'must be $1');
  const message = isMissing ? `is missing: ${expected}` : `${expected}; found ${shown}`;
  return [{ code: 'custom', path, message: /^is missing: is missing/.test(message) ? expected : message, input: null }];
}

const kindOf = (value: unknown) => (value === null ? 'null' : Array.isArray(value) ? 'a list' : `a ${typeof value}`);

function checkAddress(services: Services, name: string, url: string): void {
  try {
    checkUpstreamUrl(url, services.httpsOnly);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new HubError('BAD_USER_INPUT', `settings.${name}: ${message}`, { path: ['settings', name], cause: error });
  }
}
