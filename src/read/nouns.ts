import type { EntityMetadata, EntityProperty, MetadataStorage } from '@mikro-orm/core';

export interface Column {
  /** Quoted where it must be, without an alias. */
  sql: string;
  /** PostgreSQL's name of the type: `text`, `bigint`, `integer`, `numeric`, `boolean`, `timestamptz`, `jsonb`, `text[]`, … */
  type: string;
  nullable: boolean;
}

export interface Relation {
  /** Name of the other noun. */
  to: string;
  local: string;
  remote: string;
  many: boolean;
  nullable: boolean;
  /** Of a to-many relation, before the other noun's identity. */
  order: readonly Sort[];
}

/** An object kept in columns of its owner's row. */
export interface Embedded {
  columns: Readonly<Record<string, Column>>;
  /** Null here means that the whole object is absent; null: it never is. */
  presence: string | null;
}

export interface Sort {
  column: Column;
  direction: 'asc' | 'desc';
}

export interface Noun {
  name: string;
  table: string;
  identity: readonly Column[];
  /** Column by which a caller's merchant is compared. */
  merchant: string;
  /** Null where rows are never kept after deletion. */
  deletedAt: string | null;
  columns: Readonly<Record<string, Column>>;
  relations: Readonly<Record<string, Relation>>;
  embedded: Readonly<Record<string, Embedded>>;
}

export type Nouns = Readonly<Record<string, Noun>>;

const TYPES: Readonly<Record<string, string>> = {
  int: 'integer',
  bigserial: 'bigint',
  json: 'jsonb',
  double: 'float8',
};

/** Tables, columns and relations of every entity that a caller can read: those with a merchant. */
export function nounsOf(metadata: MetadataStorage): Nouns {
  const nouns: Record<string, Noun> = {};
  for (const meta of metadata.getAll().values()) {
    if (!meta.embeddable && propertiesOf(meta)['merchantId']) nouns[meta.className] = nounOf(meta);
  }
  return nouns;
}

function nounOf(meta: EntityMetadata): Noun {
  const columns: Record<string, Column> = {};
  const relations: Record<string, Relation> = {};
  const embedded: Record<string, Embedded> = {};
  for (const property of Object.values(propertiesOf(meta))) {
    if (property.kind === 'embedded') embedded[property.name] = embeddedOf(property);
    else if (property.kind !== 'scalar') relations[property.name] = relationOf(property, meta);
    else if (!property.embedded) columns[property.name] = columnOf(property);
  }
  return {
    name: meta.className,
    table: quoted(meta.tableName),
    identity: meta.primaryKeys.map((key) => columnOf(propertyOf(meta, key))),
    merchant: columnOf(propertyOf(meta, 'merchantId')).sql,
    deletedAt: columns['deletedAt']?.sql ?? null,
    columns,
    relations,
    embedded,
  };
}

function relationOf(property: EntityProperty, meta: EntityMetadata): Relation {
  const target = property.targetMeta;
  if (!target) throw new Error(`${meta.className}.${property.name} has no target`);
  const mappedBy = property.mappedBy as string | undefined;
  const [own] = meta.primaryKeys;
  const [other] = target.primaryKeys;
  return {
    to: target.className,
    local: columnOf(mappedBy ? propertyOf(meta, String(own)) : property).sql,
    remote: columnOf(propertyOf(target, mappedBy ?? String(other))).sql,
    many: property.kind === '1:m',
    nullable: Boolean(property.nullable) || mappedBy !== undefined,
    order: orderOf(property, target),
  };
}

function orderOf(property: EntityProperty, target: EntityMetadata): Sort[] {
  const orders = [property.orderBy ?? []].flat() as Record<string, string>[];
  return orders.flatMap((order) =>
    Object.entries(order).map(([name, direction]) => ({
      column: columnOf(propertyOf(target, name)),
      direction: direction.toLowerCase() === 'desc' ? 'desc' : 'asc',
    })),
  );
}

function embeddedOf(property: EntityProperty): Embedded {
  const columns: Record<string, Column> = {};
  for (const [name, inner] of Object.entries(property.embeddedProps)) columns[name] = columnOf(inner as EntityProperty);
  const own = Object.values(propertiesOf(property.targetMeta as EntityMetadata));
  const required = own.find((inner) => !inner.nullable)?.name;
  return { columns, presence: property.nullable && required ? (columns[required]?.sql ?? null) : null };
}

function propertiesOf(meta: EntityMetadata): Record<string, EntityProperty> {
  return meta.properties as Record<string, EntityProperty>;
}

function propertyOf(meta: EntityMetadata, name: string): EntityProperty {
  const property = propertiesOf(meta)[name];
  if (!property) throw new Error(`The entity ${meta.className} has no property ${name}`);
  return property;
}

function columnOf(property: EntityProperty): Column {
  const [name] = property.fieldNames;
  const type = property.columnTypes[0] ?? 'text';
  return { sql: quoted(String(name)), type: TYPES[type] ?? type, nullable: Boolean(property.nullable) };
}

function quoted(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}
