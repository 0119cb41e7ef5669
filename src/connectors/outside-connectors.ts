import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { EntityType, IntegrationMode } from '../model/statuses.js';
import type { Connector } from './connector.js';
import { CONNECTOR_API, connectorKit } from './connector-kit.js';

/** What a package exports, for example `@acme/syncline-connector-x`. */
const Package = z.object({ createConnector: z.function() });
/** What it may also export: the version of the interface that it is made for. */
const Made = z.object({ connectorApi: z.unknown().optional() });

const schema = z.custom<z.ZodType>(
  (value) => typeof (value as z.ZodType | undefined)?.safeParse === 'function',
  'must be a zod schema, made by `kit.z`',
);
const work = z.custom((value) => typeof value === 'function', 'must be a function');

/** The shape that the hub relies on; what a function does shows when it runs. */
const Shape = z.object({
  name: z.string().regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'must be kebab-case'),
  title: z.string().min(1),
  sends: z.array(z.enum(EntityType)),
  modes: z.array(z.enum(IntegrationMode)).optional(),
  honoursIdempotencyKeys: z.boolean(),
  credentials: schema,
  settings: schema,
  policy: work,
  connect: work,
  webhooks: z.object({ verify: work, parse: work }).optional(),
});

/**
 * The known connectors and those of packages outside this repository, by package name or by the path of a file. Each
 * package exports `createConnector(kit)`, which answers a {@link Connector}.
 * @throws Error that names the package and what is wrong with it
 */
export async function withOutsideConnectors(
  known: readonly Connector[],
  specifiers: readonly string[],
): Promise<Connector[]> {
  const all = [...known];
  for (const specifier of specifiers) {
    const connector = await load(specifier);
    const taken = all.some(({ name }) => name === connector.name);
    if (taken) throw wrong(specifier, `there is a connector ${connector.name} already; give it another name`);
    all.push(connector);
  }
  return all;
}

async function load(specifier: string): Promise<Connector> {
  const connector = make(specifier, await importPackage(specifier));
  const parsed = Shape.safeParse(connector);
  if (parsed.success) return connector as Connector;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'it'}: ${message}`);
  throw wrong(specifier, `createConnector answers no connector (${problems.join('; ')})`);
}

async function importPackage(specifier: string): Promise<unknown> {
  try {
    return await import(/^\.{0,2}\//.test(specifier) ? pathToFileURL(specifier).href : specifier);
  } catch (error) {
    throw wrong(specifier, `it cannot be loaded: ${reasonOf(error)}. Install it in the hub's folder`, error);
  }
}

function make(specifier: string, exported: unknown): unknown {
  if (!Package.safeParse(exported).success) throw wrong(specifier, 'it exports no function createConnector');
  const { connectorApi = CONNECTOR_API } = Made.parse(exported);
  if (connectorApi !== CONNECTOR_API) {
    const versions = `version ${String(connectorApi)} of the connector interface, and this hub has version ${CONNECTOR_API}`;
    throw wrong(specifier, `it is made for ${versions}: install the package's version for it`);
  }
  try {
    return (exported as { createConnector(kit: typeof connectorKit): unknown }).createConnector(connectorKit);
  } catch (error) {
    throw wrong(specifier, `createConnector fails: ${reasonOf(error)}`, error);
  }
}

const reasonOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

function wrong(specifier: string, reason: string, cause?: unknown): Error {
  return new Error(`CONNECTORS names ${specifier}, but ${reason}.`, { cause });
}
