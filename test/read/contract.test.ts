import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import {
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  Kind,
  lexicographicSortSchema,
  parse,
  printSchema,
} from 'graphql';
import { buildHubSchema } from '../../schema/build.js';

const contract = parse(readFileSync('test/read/contract.graphql', 'utf8'));

/** Every name that the contract spells out, with its type and arguments, as one line each. */
function contractLines(): string[] {
  return contract.definitions.flatMap((definition) => {
    switch (definition.kind) {
      case Kind.SCALAR_TYPE_DEFINITION:
        return [`scalar ${definition.name.value}`];
      case Kind.ENUM_TYPE_DEFINITION:
        return (definition.values ?? []).map((value) => `${definition.name.value}.${value.name.value}`);
      case Kind.INPUT_OBJECT_TYPE_DEFINITION:
        return (definition.fields ?? []).map(
          (field) => `${definition.name.value}.${field.name.value}: ${text(field.type)}${defaultOf(field)}`,
        );
      case Kind.OBJECT_TYPE_DEFINITION:
      case Kind.INTERFACE_TYPE_DEFINITION: {
        const owner = definition.name.value;
        const interfaces = (definition.interfaces ?? []).map((known) => `${owner} implements ${known.name.value}`);
        const fields = (definition.fields ?? []).flatMap((field) => [
          `${owner}.${field.name.value}: ${text(field.type)}`,
          ...(field.arguments ?? []).map(
            (arg) => `${owner}.${field.name.value}(${arg.name.value}: ${text(arg.type)}${defaultOf(arg)})`,
          ),
        ]);
        return [...interfaces, ...fields];
      }
      default:
        return [];
    }
  });
}

type TypeText = { kind: string; type?: TypeText; name?: { value: string } };

function text(node: TypeText): string {
  if (node.kind === Kind.NON_NULL_TYPE) return `${text(node.type as TypeText)}!`;
  return node.kind === Kind.LIST_TYPE ? `[${text(node.type as TypeText)}]` : (node.name?.value ?? '');
}

function defaultOf({ defaultValue }: { defaultValue?: unknown }): string {
  return defaultValue ? ` = ${String((defaultValue as { value: unknown }).value)}` : '';
}

function schemaLines(schema: GraphQLSchema): Set<string> {
  const lines = new Set<string>();
  for (const type of Object.values(schema.getTypeMap())) {
    if (isEnumType(type)) for (const value of type.getValues()) lines.add(`${type.name}.${value.name}`);
    else if (isInputObjectType(type))
      for (const field of Object.values(type.getFields()))
        lines.add(`${type.name}.${field.name}: ${field.type}${shown(field.defaultValue)}`);
    else if (isObjectType(type) || isInterfaceType(type)) {
      for (const known of type.getInterfaces()) lines.add(`${type.name} implements ${known.name}`);
      for (const field of Object.values(type.getFields())) {
        lines.add(`${type.name}.${field.name}: ${field.type}`);
        for (const arg of field.args)
          lines.add(`${type.name}.${field.name}(${arg.name}: ${arg.type}${shown(arg.defaultValue)})`);
      }
    } else lines.add(`scalar ${type.name}`);
  }
  return lines;
}

function shown(value: unknown): string {
  return value === undefined ? '' : ` = ${String(value)}`;
}

it('H1 emits a schema that contains all of the contract', () => {
  const emitted = schemaLines(buildHubSchema());

  const missing = contractLines().filter((line) => !emitted.has(line));

  expect(missing).toEqual([]);
});

it('has its emitted schema committed', () => {
  const printed = `${printSchema(lexicographicSortSchema(buildHubSchema()))}\n`;

  expect(readFileSync('schema/schema.graphql', 'utf8')).toBe(printed);
});

it('reads the contract whole', () => {
  expect(contractLines().length).toBeGreaterThan(250);
});
