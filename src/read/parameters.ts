import type { FieldNode, GraphQLField } from 'graphql';
import { getArgumentValues } from 'graphql/execution/values.js';
import type { Column } from './nouns.js';
import { checkValue } from './values.js';

export type Values = Readonly<Record<string, unknown>>;

/** A place in the operation that has arguments; each run coerces and checks them before any SQL. */
export interface Site {
  node: FieldNode;
  field: GraphQLField<unknown, unknown>;
  /** The arguments, where they contain no variable. */
  fixed: Values | null;
  checks: ((args: Values, variables: Values) => void)[];
}

/** One `$n` of the statement. */
export interface Parameter {
  site: Site;
  get: (args: Values) => unknown;
}

/** Sites and parameters of a plan that is being written. */
export interface Parameters {
  sites: Site[];
  list: Parameter[];
  /** Number of the first one: 2 where `$1` is the merchant. */
  first: number;
}

/** An argument was refused: the field is answered by an error, its neighbours are not. */
export class SiteError extends Error {
  constructor(
    readonly node: FieldNode,
    override readonly cause: Error,
  ) {
    super(cause.message);
  }
}

/** Opens a site. @throws SiteError when graphql-js cannot coerce the arguments */
export function openSite(
  parameters: Parameters,
  field: GraphQLField<unknown, unknown>,
  node: FieldNode,
  variables: Values,
): { site: Site; args: Values } {
  const args = argumentsOf(field, node, variables);
  const site: Site = { node, field, fixed: hasVariable(node.arguments) ? null : args, checks: [] };
  parameters.sites.push(site);
  return { site, args };
}

/** Text of a new parameter of this PostgreSQL type; its value is checked at each run. */
export function parameter(
  parameters: Parameters,
  site: Site,
  name: string,
  type: string,
  get: (args: Values) => unknown,
): string {
  site.checks.push((args) => checkValue(name, type, get(args)));
  parameters.list.push({ site, get });
  return `$${parameters.first + parameters.list.length - 1}::${type}`;
}

/** A parameter compared with an identity: what cannot be one is unknown, not an error. */
export function identityParameter(
  parameters: Parameters,
  site: Site,
  column: Column,
  get: (args: Values) => unknown,
): string {
  return parameter(parameters, site, 'id', column.type, (args) => {
    const value = get(args);
    try {
      checkValue('id', column.type, value);
      return value;
    } catch {
      return null;
    }
  });
}

/** Values of all parameters for one run. @throws SiteError for the first site whose arguments are refused */
export function bindParameters(sites: readonly Site[], list: readonly Parameter[], variables: Values): unknown[] {
  const bySite = new Map<Site, Values>();
  for (const site of sites) {
    const args = site.fixed ?? argumentsOf(site.field, site.node, variables);
    try {
      for (const check of site.checks) check(args, variables);
    } catch (error) {
      throw new SiteError(site.node, error as Error);
    }
    bySite.set(site, args);
  }
  return list.map(({ site, get }) => get(bySite.get(site) ?? {}));
}

function argumentsOf(field: GraphQLField<unknown, unknown>, node: FieldNode, variables: Values): Values {
  try {
    return getArgumentValues(field, node, variables);
  } catch (error) {
    throw new SiteError(node, error as Error);
  }
}

function hasVariable(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(hasVariable);
  if (typeof value !== 'object' || value === null) return false;
  if ((value as { kind?: string }).kind === 'Variable') return true;
  return Object.entries(value).some(([key, part]) => key !== 'loc' && hasVariable(part));
}
