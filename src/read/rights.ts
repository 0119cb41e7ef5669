import type { GraphQLSchema } from 'graphql';
import { type Caller, hasRole } from '../access/caller.js';
import { type GuardedSystem, isNone, isWide, type Reach, reachOf, systemsNamed } from '../access/reach.js';
import { HubError } from '../errors.js';
import type { AccessRule, IntegrationRight } from '../model/access-rule.js';
import type { Role } from '../model/statuses.js';
import type { Noun, Nouns } from './nouns.js';
import { literal, UNREPRESENTABLE } from './sql-text.js';

/** What whoever runs a plan needs for one of its fields. */
export interface NeededRole {
  field: string;
  role: Role;
}

/** A caller whose token names permissions of systems: plans are written for its like alone. */
export interface BoundCaller {
  caller: Caller;
  systems: readonly GuardedSystem[];
  /** The same for all that may see the same. */
  key: string;
}

/** Null: its role alone decides, so that one plan holds for all. */
export function boundCaller(caller: Caller, systems: readonly GuardedSystem[]): BoundCaller | null {
  const named = systemsNamed(caller, systems);
  if (named.length === 0) return null;
  const names = named.flatMap(({ permissions }) => Object.values(permissions));
  const held = names.filter((name) => caller.permissions.includes(name));
  return { caller, systems, key: [caller.role, ...held].join() };
}

/** The rule that stands at a type or a field. */
export function accessOf({ extensions }: { extensions: Readonly<Record<string, unknown>> }): AccessRule | undefined {
  return extensions['access'] as AccessRule | undefined;
}

/**
 * Checks every field of the operation before any SQL runs.
 * @throws HubError FORBIDDEN, naming the first field
 */
export function checkRoles(roles: readonly NeededRole[], caller: Caller): void {
  for (const { field, role } of roles) {
    if (!hasRole(caller, role))
      throw new HubError('FORBIDDEN', `${field} needs the role ${role}; you have ${caller.role}.`);
  }
}

/** How far a rule limits which rows a bound caller sees; null: not at all. */
export function limitingReach(bound: BoundCaller | null, rule: AccessRule | undefined): Reach | null {
  if (!bound || !rule || rule.right === null) return null;
  const reach = reachOf(bound.caller, bound.systems, rule);
  return isWide(reach) ? null : reach;
}

/** Whether some row may be within reach, so that the rows decide and not the role. */
export const isForSome = (bound: BoundCaller | null, rule: AccessRule): boolean =>
  bound !== null && rule.right !== null && !isNone(reachOf(bound.caller, bound.systems, rule));

/** Whether a row is within reach, in SQL over its alias. */
export function reachSql(nouns: Nouns, noun: Noun, row: string, reach: Reach): string {
  return conditionOn(connectorSql(nouns, noun, row), reach);
}

/** The same over SQL of a connector's name, null where there is none. */
export function conditionOn(connector: string, { byRole, granted, denied }: Reach): string {
  const isOneOf = (names: readonly string[]) =>
    names.length === 0 ? 'false' : `coalesce(${connector} in (${names.map(literal).join(',')}),false)`;
  return byRole ? `not ${isOneOf(denied.map((system) => system.connector))}` : isOneOf(granted);
}

function connectorSql(nouns: Nouns, noun: Noun, row: string): string {
  if (noun.name === 'Integration') return `${row}.connector`;
  const id = integrationSql(nouns, noun, row);
  if (id === null) throw new Error(`The rows of ${noun.name} are of no integration`);
  return `(select connector from integrations where id = ${id})`;
}

/** SQL of the integration that a row is of; null: its noun knows none. */
function integrationSql(nouns: Nouns, noun: Noun, row: string): string | null {
  const own = noun.relations['integration']?.local ?? noun.columns['integrationId']?.sql;
  if (own) return `${row}.${own}`;
  for (const relation of Object.values(noun.relations)) {
    const above = nouns[relation.to];
    const key = above?.relations['integration'];
    if (!relation.many && above && key && !key.many)
      return `(select ${key.local} from ${above.table} where ${relation.remote} = ${row}.${relation.local})`;
  }
  return null;
}

/** @throws Error for a type whose rows are of an integration and that does not say who sees them: a mistake, found at start */
export function checkAllowed(schema: GraphQLSchema, nouns: Nouns): void {
  for (const noun of Object.values(nouns)) {
    const type = schema.getType(noun.name);
    if (type && integrationSql(nouns, noun, 't') !== null && !accessOf(type))
      throw new Error(`${noun.name} does not say who sees its rows: @Allow`);
  }
}

/** Stands in an answer for what is named by its id and out of reach; never in the answer's own texts. */
export const refused = (right: IntegrationRight): string => literal(`${UNREPRESENTABLE}${right}${UNREPRESENTABLE}`);
const REFUSED = new RegExp(`${UNREPRESENTABLE}(\\w+)${UNREPRESENTABLE}`);

/** @throws HubError FORBIDDEN for an answer that has something out of reach */
export function checkAnswer({ systems, caller }: BoundCaller, text: string): void {
  const right = REFUSED.exec(text)?.[1] as IntegrationRight | undefined;
  if (!right) return;
  const named = systemsNamed(caller, systems).map(({ permissions }) => permissions[right]);
  const missing = named.filter((name) => !caller.permissions.includes(name));
  throw new HubError(
    'FORBIDDEN',
    `Something that is asked for needs the permission ${missing.join(' or ')}, which your token lacks.`,
  );
}
