import { type GraphQLInputField, type GraphQLInputObjectType, getNullableType, isListType } from 'graphql';
import type { Column, Noun } from './nouns.js';
import { parameter, type Site, type Values } from './parameters.js';
import type { Planning } from './planning.js';
import { type FilterRule, isFailedAlone, type Placeholder, type SearchRule } from './rules.js';
import { type Search, searchFor } from './search.js';

/** How a filter's field is compared: by its own rule, or with a column that its name says. */
export type Comparison = { rule: FilterRule } | { search: SearchRule } | ColumnComparison;

interface ColumnComparison {
  column: Column;
  operator: '=' | '>=' | '<=' | 'in' | 'starts';
}

/** What a filter asks of rows. */
export interface Filtered {
  conditions: readonly string[];
  /** Null: it searches for nothing. */
  search: Search | null;
}

/** What the filter's fields that are given ask. `read` finds the filter in the site's arguments. */
export function filterConditions(
  planning: Planning,
  site: Site,
  noun: Noun,
  filter: { type: GraphQLInputObjectType; value: Values; read: (args: Values) => Values | null | undefined },
  row: string,
): Filtered {
  const given = Object.values(filter.type.getFields()).filter(({ name }) => isGiven(filter.value[name]));
  const placeholder: Placeholder = (name, type) =>
    isGiven(filter.value[name])
      ? parameter(planning.parameters, site, name, type, (args) => filter.read(args)?.[name])
      : null;
  const isFailed = (name: string) => isFailedAlone(filter.value[name]);
  const conditions: string[] = [];
  let search: Search | null = null;
  for (const field of given) {
    const comparison = comparisonOf(noun, field);
    if ('search' in comparison) {
      search = searchFor(planning, noun, comparison.search, row, String(placeholder(field.name, 'text')));
    } else if ('rule' in comparison) conditions.push(comparison.rule(row, placeholder, isFailed));
    else conditions.push(conditionOf(comparison, field.name, row, placeholder, isFailed(field.name)));
  }
  return { conditions, search };
}

function conditionOf(
  { column, operator }: ColumnComparison,
  name: string,
  row: string,
  placeholder: Placeholder,
  isFailed: boolean,
): string {
  if (operator === 'in' && isFailed) return `${row}.${column.sql} = 'FAILED'`;
  const value = placeholder(name, operator === 'in' ? `${column.type}[]` : column.type);
  if (operator === 'in') return `${row}.${column.sql} = any(${value})`;
  if (operator === 'starts') return `starts_with(${row}.${column.sql},${value})`;
  return `${row}.${column.sql} ${operator} ${value}`;
}

/** @throws Error when neither a rule nor the name says what is compared: a mistake in the schema, found at start */
function comparisonOf(noun: Noun, field: GraphQLInputField): Comparison {
  const rule = field.extensions['filter'] as FilterRule | SearchRule | undefined;
  if (rule) return typeof rule === 'function' ? { rule } : { search: rule };
  const exact = noun.columns[field.name] ?? keyOf(noun, field.name);
  if (exact) return { column: exact, operator: isListType(getNullableType(field.type)) ? 'in' : '=' };
  const prefix = noun.columns[/^(.+)StartsWith$/.exec(field.name)?.[1] ?? ''];
  if (prefix) return { column: prefix, operator: 'starts' };
  const [, time, bound] = /^(.*?)(from|to)$/i.exec(field.name) ?? [];
  const at = noun.columns[time ? `${time}At` : 'at'];
  if (at && bound) return { column: at, operator: bound.toLowerCase() === 'from' ? '>=' : '<=' };
  throw new Error(`The filter field ${field.name} names no column of ${noun.name} and has no rule`);
}

/** `integrationId` is the key of the relation `integration`. */
function keyOf(noun: Noun, name: string): Column | undefined {
  const relation = noun.relations[/^(.+)Id$/.exec(name)?.[1] ?? ''];
  return relation && !relation.many ? { sql: relation.local, type: 'text', nullable: relation.nullable } : undefined;
}

function isGiven(value: unknown): boolean {
  return value !== null && value !== undefined;
}
