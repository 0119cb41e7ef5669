import {
  type ConstDirectiveNode,
  extendSchema,
  type GraphQLObjectType,
  type GraphQLSchema,
  GraphQLUnionType,
  isObjectType,
  Kind,
  type ObjectTypeDefinitionNode,
  parse,
  parseConstValue,
  print,
  printSchema,
} from 'graphql';
import type { AccessRule } from '../src/model/access-rule.js';
import { keysOf, nodeTypesOf } from '../src/read/keys.js';
import type { FieldRule } from '../src/read/rules.js';

const LINK = `extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@shareable"])`;

/**
 * The schema as an Apollo Federation 2 subgraph: every noun that can be read by its id is an entity, also by the further
 * keys that its type names. The planner answers `_entities` like any read.
 */
export function asSubgraph(schema: GraphQLSchema): GraphQLSchema {
  let sdl: string | undefined;
  const entities = nodeTypesOf(schema).map(({ name }) => name);
  const subgraph = extendSchema(schema, parse(additions(entities)));
  const { _service, _entities } = (subgraph.getQueryType() as GraphQLObjectType).getFields();
  const union = subgraph.getType('_Entity');
  if (!_service || !_entities || !(union instanceof GraphQLUnionType)) throw new Error('The subgraph lacks its fields');
  union.resolveType = (value) => value.$type;
  _service.resolve = () => {
    sdl ??= printSubgraph(schema);
    return { sdl };
  };
  const access: AccessRule = { role: 'viewer', right: null };
  _service.extensions = { access, read: { js: true } satisfies FieldRule };
  _entities.extensions = { access, read: { sizedBy: 'representations' } satisfies FieldRule };
  return subgraph;
}

function additions(entities: readonly string[]): string {
  return `
    "A noun as another subgraph names it: its __typename and the fields of one of its keys."
    scalar _Any
    union _Entity = ${entities.join(' | ')}
    type _Service { "The schema with its federation directives." sdl: String! }
    extend type Query {
      "For the composition of a supergraph."
      _service: _Service!
      "For the router of a supergraph: nouns by their keys, in the order asked, null where there is none."
      _entities(representations: [_Any!]!): [_Entity]!
    }`;
}

/** What `_service` answers. */
function printSubgraph(schema: GraphQLSchema): string {
  const definitions = parse(printSchema(schema)).definitions.map((definition) =>
    definition.kind === Kind.OBJECT_TYPE_DEFINITION
      ? { ...definition, directives: directivesOf(schema, definition) }
      : definition,
  );
  return `${LINK}\n\n${print({ kind: Kind.DOCUMENT, definitions })}`;
}

function directivesOf(schema: GraphQLSchema, { name }: ObjectTypeDefinitionNode): ConstDirectiveNode[] {
  const type = schema.getType(name.value);
  if (!isObjectType(type)) return [];
  if (type.extensions['shareable']) return [directive('shareable')];
  return nodeTypesOf(schema).includes(type) ? keysOf(type).map((key) => directive('key', key.join(' '))) : [];
}

function directive(name: string, fields?: string): ConstDirectiveNode {
  const named = (value: string) => ({ kind: Kind.NAME as const, value });
  const argument = {
    kind: Kind.ARGUMENT as const,
    name: named('fields'),
    value: parseConstValue(JSON.stringify(fields ?? '')),
  };
  return { kind: Kind.DIRECTIVE, name: named(name), arguments: fields === undefined ? [] : [argument] };
}
