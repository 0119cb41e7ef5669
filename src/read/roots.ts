import {
  type FieldNode,
  type GraphQLInputObjectType,
  type GraphQLObjectType,
  getNamedType,
  isInputObjectType,
  isInterfaceType,
  isUnionType,
} from 'graphql';
import { ID_PREFIX } from '../model/ids.js';
import { writeConnection } from './connection.js';
import { writeEntities } from './entities.js';
import { filterConditions } from './filters.js';
import type { Noun } from './nouns.js';
import { identityParameter, openSite, parameter, type Site, type Values } from './parameters.js';
import {
  type Field,
  isConnectionType,
  merchantIs,
  newAlias,
  nounOf,
  objectTypeOf,
  orRefused,
  type Planning,
  ruleOf,
  visible,
  whereAll,
} from './planning.js';
import { accessOf, conditionOn, limitingReach } from './rights.js';
import type { Placeholder } from './rules.js';
import { isFound } from './search.js';
import { orderOf, orderSql } from './sort.js';
import { concat, type Piece } from './sql-text.js';
import { badInput } from './values.js';

/** Writes a field of Query; null where JavaScript answers it. */
export function writeRoot(planning: Planning, field: Field, nodes: readonly FieldNode[]): Piece[] | null {
  const rule = ruleOf(field);
  const type = getNamedType(field.type);
  if (rule.js) return null;
  planning.planned += 1;
  if (isUnionType(type)) return writeEntities(planning, field, nodes);
  if (isInterfaceType(type)) return writeNode(planning, field, nodes);
  if (isConnectionType(type)) return writeConnection(planning, field, nodes, { deletedHidden: true });
  if (String(field.type).startsWith('[')) return writeList(planning, field, nodes);
  return writeOne(planning, field, nodes);
}

/** Name of the noun that an id belongs to, by its prefix: sync events have decimal ids, integrations free ones. */
export function nounOfId(id: string): string {
  if (/^\d+$/.test(id)) return 'SyncEvent';
  const prefix = id.slice(0, id.indexOf('_'));
  const known = Object.entries(ID_PREFIX).find(([, short]) => short === prefix);
  return known ? known[0] : 'Integration';
}

/** A noun found by its id, deleted ones included: the object of a subselect, null where there is none. */
export function writeById(
  planning: Planning,
  type: GraphQLObjectType,
  nodes: readonly FieldNode[],
  id: (noun: Noun) => string,
): string {
  const noun = nounOf(planning, type);
  const row = newAlias(planning);
  const written = concat(planning.writeRow(type, nodes, row));
  const object = planning.ofMutation ? written : orRefused(planning, noun, row, written);
  const conditions = [`${row}.${noun.identity[0]?.sql} = ${id(noun)}`, ...merchantIs(planning, noun, row)];
  return `(select ${object} from ${noun.table} ${row}${whereAll(conditions)})`;
}

function writeNode(planning: Planning, field: Field, nodes: readonly FieldNode[]): Piece[] {
  const { site, args } = openSite(planning.parameters, field, nodes[0] as FieldNode, planning.variables);
  const type = planning.schema.getType(nounOfId(String(args['id'])));
  const possible = planning.schema.getPossibleTypes(getNamedType(field.type) as never);
  const noun = possible.find((known) => known === type);
  if (!noun) return ['null'];
  const id = (of: Noun) => identityParameter(planning.parameters, site, idOf(of), (values) => values['id']);
  return [{ sql: `coalesce(${writeById(planning, noun, nodes, id)},'null')` }];
}

/** One noun by arguments named after its columns; those left out do not count, but one must be given. */
function writeOne(planning: Planning, field: Field, nodes: readonly FieldNode[]): Piece[] {
  const { site, args } = openSite(planning.parameters, field, nodes[0] as FieldNode, planning.variables);
  requireOne(site, field);
  const type = objectTypeOf(field.type);
  const noun = nounOf(planning, type);
  const row = newAlias(planning);
  const given = field.args.filter(({ name }) => args[name] !== null && args[name] !== undefined);
  if (given.length === 0) return ['null'];
  const object = orRefused(planning, noun, row, concat(planning.writeRow(type, nodes, row)));
  const conditions = given.map(({ name }) => {
    const column = noun.columns[name];
    if (!column) throw new Error(`${noun.name} has no column ${name}`);
    return `${row}.${column.sql} = ${identityParameter(planning.parameters, site, column, (values) => values[name])}`;
  });
  const where = whereAll([...conditions, ...merchantIs(planning, noun, row), ...notDeleted(noun, row)]);
  const newest = given.some(({ name }) => name === 'id') ? '' : ` order by ${row}.${idOf(noun).sql} desc limit 1`;
  return [{ sql: `coalesce((select ${object} from ${noun.table} ${row}${where}${newest}),'null')` }];
}

/** Limits the rows that a list's own SQL counts, by an alias of rows that have an integration. */
function countedSql({ schema, bound }: Planning, noun: Noun, row: string): string {
  const type = schema.getType(noun.name);
  const reach = limitingReach(bound, type && accessOf(type));
  return reach
    ? `and ${conditionOn(`(select connector from integrations where id = ${row}.integration_id)`, reach)}`
    : '';
}

function requireOne(site: Site, field: Field): void {
  const names = field.args.map(({ name }) => `"${name}"`).join(' or ');
  site.checks.push((args) => {
    const given = field.args.some(({ name }) => args[name] !== null && args[name] !== undefined);
    if (!given) throw badInput(`Give ${names}.`);
  });
}

/** A list without pages, bounded by its rule. */
function writeList(planning: Planning, field: Field, nodes: readonly FieldNode[]): Piece[] {
  const { site, args } = openSite(planning.parameters, field, nodes[0] as FieldNode, planning.variables);
  const rule = ruleOf(field);
  if (rule.check) site.checks.push(rule.check);
  const type = objectTypeOf(field.type);
  const noun = nounOf(planning, type);
  const row = newAlias(planning);
  const sorted = orderSql(orderOf(field, noun, {}), row, false);
  const object = concat(planning.writeRow(type, nodes, row));
  const argument: Placeholder = (name, sqlType) =>
    args[name] === null || args[name] === undefined
      ? null
      : parameter(planning.parameters, site, name, sqlType, (values) => values[name]);
  const limits = rule.from ? merchantIs(planning, noun, row) : visible(planning, noun, row);
  const merchant = planning.limited ? '$1::text' : null;
  const table = rule.from ? rule.from(argument, merchant, (of) => countedSql(planning, noun, of)) : noun.table;
  const own = rule.where ? [rule.where(row, argument)] : [];
  const where = whereAll([...limits, ...notDeleted(noun, row), ...own, ...listFilter(planning, site, args, noun, row)]);
  const limit = rule.limit === undefined ? '' : ` limit ${rule.limit}`;
  const rows = `(select * from ${table} ${row}${where} order by ${sorted}${limit}) ${row}`;
  return ['[', { sql: `(select coalesce(string_agg(${object},',' order by ${sorted}),'') from ${rows})` }, ']'];
}

function listFilter(planning: Planning, site: Site, args: Values, noun: Noun, row: string): string[] {
  const type = site.field.args.find(({ name }) => name === 'filter')?.type;
  const named = type && getNamedType(type);
  const value = args['filter'] as Values | null | undefined;
  if (!isInputObjectType(named) || !value) return [];
  const read = (values: Values) => values['filter'] as Values | null | undefined;
  const filter = { type: named as GraphQLInputObjectType, value, read };
  const { conditions, search } = filterConditions(planning, site, noun, filter, row);
  return search ? [...conditions, isFound(search)] : [...conditions];
}

function notDeleted(noun: Noun, row: string): string[] {
  return noun.deletedAt ? [`${row}.${noun.deletedAt} is null`] : [];
}

function idOf(noun: Noun) {
  const [id] = noun.identity;
  if (!id) throw new Error(`${noun.name} has no identity`);
  return id;
}
