import { toJSONSchema, type z } from 'zod';
import { type EntityType, IntegrationMode } from '../model/statuses.js';
import type { Connector } from './connector.js';

/** A JSON Schema of an object, as far as the hub looks into it. */
export interface FormSchema {
  properties?: Record<string, FieldSchema>;
  [keyword: string]: unknown;
}
interface FieldSchema {
  title?: string;
  default?: unknown;
  [keyword: string]: unknown;
}

/** What a form or a person needs to know of a connector to configure an integration. */
export interface ConnectorDescription {
  name: string;
  title: string;
  sends: EntityType[];
  modes: IntegrationMode[];
  receivesWebhooks: boolean;
  settingsSchema: FormSchema;
  /** Every field is `writeOnly`; those that are secrets have the format `password`. */
  credentialsSchema: FormSchema;
  /** The settings that a new integration has where none are given. */
  defaultSettings: Record<string, unknown>;
}

/** Words that name a secret in the credentials of any vendor. */
const SECRET = /key|secret|password|token|pin$/i;

export function describeConnector(connector: Connector): ConnectorDescription {
  const settingsSchema = formSchema(connector.settings);
  const { name, title, sends, modes = Object.values(IntegrationMode) } = connector;
  return {
    ...{ name, title, sends: [...sends], modes: [...modes], settingsSchema },
    receivesWebhooks: connector.webhooks !== undefined,
    credentialsSchema: secretSchema(formSchema(connector.credentials)),
    defaultSettings: defaultsOf(settingsSchema),
  };
}

/** As it is given, not as it is parsed; a field without a title gets one from its name. */
function formSchema(schema: z.ZodType): FormSchema {
  return titled(toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as FormSchema);
}

function titled(schema: FormSchema): FormSchema {
  if (!schema.properties) return schema;
  const fields = Object.entries(schema.properties).map(([name, field]) => [
    name,
    { title: titleOf(name), ...titled(field) },
  ]);
  return { ...schema, properties: Object.fromEntries(fields) };
}

/** `maxRetries` → `Max retries`. */
function titleOf(name: string): string {
  const words = name.replace(/([a-z\d])([A-Z])/g, '$1 $2').replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1).toLowerCase();
}

function secretSchema(schema: FormSchema): FormSchema {
  const fields = Object.entries(schema.properties ?? {}).map(([name, field]) => {
    const isSecret = field['type'] === 'string' && SECRET.test(name);
    return [name, { ...field, writeOnly: true, ...(isSecret && { format: 'password' }) }];
  });
  return { ...schema, properties: Object.fromEntries(fields) };
}

function defaultsOf({ properties = {} }: FormSchema): Record<string, unknown> {
  const given = Object.entries(properties).filter(([, field]) => 'default' in field);
  return Object.fromEntries(given.map(([name, field]) => [name, field.default]));
}
