import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isObjectType,
} from 'graphql';
import { collectSubfields } from 'graphql/execution/collectFields.js';
import type { AccessRule } from '../model/access-rule.js';
import type { AnswerAs } from './leaf.js';
import type { Noun, Nouns } from './nouns.js';
import type { Parameters, Values } from './parameters.js';
import { accessOf, type BoundCaller, limitingReach, type NeededRole, reachSql, refused } from './rights.js';
import type { FieldRule } from './rules.js';
import type { Piece } from './sql-text.js';

export type Field = GraphQLField<unknown, unknown>;
/** Response key to the field nodes that are merged under it. */
export type Fields = ReadonlyMap<string, readonly FieldNode[]>;

/** What is fixed before a plan is written. */
export interface PlanInput {
  schema: GraphQLSchema;
  nouns: Nouns;
  fragments: Record<string, FragmentDefinitionNode>;
  /** Coerced. The plan holds for all variables of the same shape. */
  variables: Values;
  answerAs: AnswerAs;
  /** The caller sees one merchant only: it is `$1`. */
  limited: boolean;
  /** Whose token names permissions of systems; null: its role alone decides. */
  bound: BoundCaller | null;
  /** Whoever may run a mutation may see what it was done to, whatever else its token names. */
  ofMutation: boolean;
  /** Fields that are left out, because their arguments were refused. */
  failed: ReadonlySet<FieldNode>;
}

/** A plan while it is being written. */
export interface Planning extends PlanInput {
  parameters: Parameters;
  roles: NeededRole[];
  /** Fields that SQL does not answer. */
  holes: number;
  /** Root fields that SQL answers. */
  planned: number;
  merchantUsed: boolean;
  aliases: number;
  /** Writes a noun's row as a JSON object; `type` is the noun's type, `row` the alias. */
  writeRow(type: GraphQLObjectType, nodes: readonly FieldNode[], row: string): Piece[];
}

export function newAlias(planning: Planning): string {
  planning.aliases += 1;
  return `t${planning.aliases}`;
}

export function ruleOf(field: Field): FieldRule {
  return (field.extensions['read'] as FieldRule | undefined) ?? {};
}

export function objectTypeOf(type: GraphQLOutputType): GraphQLObjectType {
  const named = getNamedType(type);
  if (!isObjectType(named)) throw new Error(`${named.name} is not an object type`);
  return named;
}

export function isConnectionType(type: unknown): type is GraphQLObjectType {
  return isObjectType(type) && 'edges' in type.getFields() && 'pageInfo' in type.getFields();
}

/** The type of a connection's nodes. */
export function nodeTypeOf(connection: GraphQLObjectType): GraphQLObjectType {
  const nodes = connection.getFields()['nodes'];
  if (!nodes) throw new Error(`${connection.name} has no nodes`);
  return objectTypeOf(nodes.type);
}

export function nounOf(planning: Pick<Planning, 'nouns'>, type: GraphQLObjectType): Noun {
  const noun = planning.nouns[type.name];
  if (!noun) throw new Error(`No entity is named ${type.name}`);
  return noun;
}

/** The fields selected below these nodes, fragments and directives applied. */
export function subfields(planning: Planning, type: GraphQLObjectType, nodes: readonly FieldNode[]): Fields {
  return collectSubfields(planning.schema, planning.fragments, planning.variables, type, nodes);
}

/** The condition that limits a row to the caller's merchant. */
export function merchantIs(planning: Planning, noun: Noun, row: string): string[] {
  if (!planning.limited) return [];
  planning.merchantUsed = true;
  return [`${row}.${noun.merchant} = $1::text`];
}

/** The conditions that limit rows to those that the caller may see: of its merchant, and of systems within its reach. */
export function visible(planning: Planning, noun: Noun, row: string): string[] {
  const reach = limitingReach(planning.bound, accessOfNoun(planning, noun));
  return [...merchantIs(planning, noun, row), ...(reach ? [reachSql(planning.nouns, noun, row, reach)] : [])];
}

/** SQL of what is named by an id: refused, not left out, where its system is out of the caller's reach. */
export function orRefused(planning: Planning, noun: Noun, row: string, object: string): string {
  return limitedBy(planning, accessOfNoun(planning, noun), noun, row, object);
}

/** The same of a rule's own, for one field of a row. */
export function limitedBy(
  { nouns, bound }: Planning,
  rule: AccessRule | undefined,
  noun: Noun,
  row: string,
  value: string,
): string {
  const reach = limitingReach(bound, rule);
  if (!reach || !rule?.right) return value;
  return `case when ${reachSql(nouns, noun, row, reach)} then ${value} else ${refused(rule.right)} end`;
}

function accessOfNoun({ schema }: Planning, { name }: Noun): AccessRule | undefined {
  const type = schema.getType(name);
  return type && accessOf(type);
}

/** `where …`, or nothing. */
export function whereAll(conditions: readonly string[]): string {
  return conditions.length === 0 ? '' : ` where ${conditions.join(' and ')}`;
}
