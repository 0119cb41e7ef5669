import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isObjectType,
} from 'graphql';
import type { Random } from './random.js';
import { encodeCursor, listOrder } from './reference-lists.js';
import { type Row, snake, type Tables, wireTime } from './reference-rows.js';

export interface Operation {
  query: string;
  variables: Record<string, unknown>;
}

/** Differ by the second, or tell of what does. */
const LEFT_OUT = new Set([
  'ConnectorHealth.oldestPendingSeconds',
  'InventoryLevel.ageSeconds',
  'InventoryLevel.warning',
  'Product.source',
  'Product.readAt',
  'Product.ageSeconds',
  'Product.warning',
]);
/** What the reference answers; a field of Query that is not named here has tests of its own. */
const ROOTS = new Set([
  'node',
  'order',
  'orders',
  'invoice',
  'invoices',
  'customer',
  'customers',
  'transaction',
  'transactions',
  'billingSubscription',
  'billingSubscriptions',
  'product',
  'products',
  'inventory',
  'syncEvent',
  'syncEvents',
  'syncStatistics',
  'webhookEvents',
  'connectors',
  'integration',
  'integrations',
  'connectorHealth',
  'auditLog',
  'alerts',
]);
const TABLES: Readonly<Record<string, string>> = {
  Order: 'orders',
  Invoice: 'invoices',
  Customer: 'customers',
  Transaction: 'transactions',
  BillingSubscription: 'billing_subscriptions',
  Product: 'products',
  InventoryLevel: 'inventory_levels',
  SyncEvent: 'sync_events',
  WebhookEvent: 'webhook_events',
  AuditEntry: 'audit_entries',
  RowProblem: 'row_problems',
  TimelineEntry: 'timeline_entries',
  Integration: 'integrations',
};
const DEFAULT_ORDERS: Readonly<Record<string, string>> = {
  Order: 'placedAt desc',
  Invoice: 'issuedAt desc',
  Customer: 'createdAt desc',
  Transaction: 'occurredAt desc',
  BillingSubscription: 'startedAt desc',
  WebhookEvent: 'createdAt desc',
  TimelineEntry: 'at asc',
  RowProblem: 'id asc',
  Product: 'sku asc',
  InventoryLevel: 'sku asc',
};
const DEEPEST = 4;

/** Text of GraphQL that is not JSON: an enum's name. */
class EnumName {
  constructor(readonly name: string) {}
  toJSON() {
    return this.name;
  }
}

/** Writes random valid operations: selections, aliases, fragments, directives, variables, filters, cursors, bad arguments. */
export class OperationWriter {
  private readonly declared: string[] = [];
  private readonly variables: Record<string, unknown> = {};
  private readonly fragments: string[] = [];
  private names = 0;

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly tables: Tables,
    private readonly random: Random,
  ) {}

  write(): Operation {
    const selection = this.selection(this.schema.getQueryType() as GraphQLObjectType, 0);
    const declared = this.declared.length > 0 ? `(${this.declared.join(', ')})` : '';
    const query = `query Random${declared} ${selection} ${this.fragments.join(' ')}`;
    return { query, variables: JSON.parse(JSON.stringify(this.variables)) };
  }

  private selection(type: GraphQLNamedType, level: number): string {
    if (isInterfaceType(type)) return this.selectionOfInterface(level);
    const object = type as GraphQLObjectType;
    const { random } = this;
    const fields = Object.values(object.getFields()).filter(({ name }) =>
      object.name === 'Query' ? ROOTS.has(name) : !LEFT_OUT.has(`${object.name}.${name}`),
    );
    const parts: string[] = [];
    const used = new Set<string>();
    for (let count = 1 + random.int(object.name === 'Query' ? 2 : 6); count > 0; count -= 1) {
      const part = this.field(object, random.pick(fields), level, used);
      if (part) parts.push(part);
    }
    if (random.chance(0.15)) parts.push(random.chance(0.3) ? 'kind_: __typename' : '__typename');
    if (object.name !== 'Query' && random.chance(0.1)) parts.push(this.fragment(object, level));
    if (object.getInterfaces().length > 0 && random.chance(0.1)) parts.push('... on Node { nodeId: id }');
    if (parts.length === 0) parts.push('__typename');
    return `{ ${parts.join(' ')} }`;
  }

  private selectionOfInterface(level: number): string {
    const types = [
      'Order',
      'Invoice',
      'Customer',
      'Transaction',
      'BillingSubscription',
      'SyncEvent',
      'Integration',
      'Product',
    ];
    const parts = types
      .filter(() => this.random.chance(0.5))
      .map((name) => `... on ${name} ${this.selection(this.schema.getType(name) as GraphQLObjectType, level + 1)}`);
    return `{ __typename ${parts.join(' ')} ${this.random.chance(0.5) ? 'id' : ''} }`;
  }

  private fragment(type: GraphQLObjectType, level: number): string {
    const inner = this.selection(type, level + 1);
    if (this.random.chance(0.4)) return `...${this.directive()} ${inner}`;
    const name = `F${this.newNumber()}`;
    this.fragments.push(`fragment ${name} on ${type.name} ${inner}`);
    return `...${name}${this.directive()}`;
  }

  private field(
    owner: GraphQLObjectType,
    field: GraphQLField<unknown, unknown>,
    level: number,
    used: Set<string>,
  ): string {
    const type = getNamedType(field.type);
    const composite = isObjectType(type) || isInterfaceType(type);
    if (composite && level >= DEEPEST) return '';
    // Fields merged under one key must agree; inside of fragments a new alias is the simple way.
    const plain = !composite && field.args.length === 0 && !used.has(field.name);
    const alias = plain && this.random.chance(0.8) ? '' : `${field.name}${this.newNumber()}: `;
    used.add(field.name);
    const wrapper = /(Connection|Edge)$/.test(owner.name) || owner.name === 'Query';
    const inner = composite ? ` ${this.selection(type, wrapper ? level : level + 1)}` : '';
    return `${alias}${field.name}${this.arguments(field, level)}${this.directive()}${inner}`;
  }

  private newNumber(): number {
    this.names += 1;
    return this.names;
  }

  private directive(): string {
    if (!this.random.chance(0.05)) return '';
    return ` @${this.random.pick(['skip', 'include'])}(if: ${this.value('Boolean!', this.random.chance(0.5))})`;
  }

  private arguments(field: GraphQLField<unknown, unknown>, level: number): string {
    const parts: string[] = [];
    const noun = nounOf(field);
    let order = DEFAULT_ORDERS[noun] ?? 'id desc';
    const both = this.random.chance(0.02);
    const backward = this.random.chance(0.2);
    for (const argument of field.args.toSorted((left) => (left.name === 'orderBy' ? -1 : 1))) {
      if (argument.name === (backward ? 'first' : 'last') && !both) continue;
      const given = this.argument(argument, noun, order, level);
      if (given === undefined) continue;
      if (argument.name === 'orderBy') order = orderNamed(argument, given);
      parts.push(`${argument.name}: ${this.value(String(argument.type), given)}`);
    }
    return parts.length > 0 ? `(${parts.join(', ')})` : '';
  }

  private argument(argument: GraphQLArgument, noun: string, order: string, level: number): unknown {
    const { random } = this;
    switch (argument.name) {
      case 'first':
      case 'last':
        return random.chance(0.02)
          ? random.pick([101, -1])
          : random.chance(0.1)
            ? 0
            : 1 + random.int(level > 0 ? 3 : 6);
      case 'after':
      case 'before':
        return random.chance(0.2) ? this.cursor(noun, order) : undefined;
      case 'orderBy':
        return random.chance(0.4) ? this.inputOf(argument.type, noun, argument.name) : undefined;
      case 'filter':
        return random.chance(0.5) ? this.inputOf(argument.type, noun, argument.name) : undefined;
      case 'id':
        return this.id(noun);
      case 'number':
        return random.chance(0.3) ? this.sample(noun, 'number') : undefined;
      case 'reference':
        return random.chance(0.3) ? this.sample(noun, 'reference') : undefined;
      case 'connector':
        return random.pick([undefined, 'b2b-portal', 'csv', 'nothing']);
      case 'days':
        return random.pick([1, 30, 365, 0, 100000]);
      default:
        return this.inputOf(argument.type, noun, argument.name);
    }
  }

  private id(noun: string): unknown {
    const { random } = this;
    if (random.chance(0.1)) return random.pick(['ord_none', '999999', 'nobody', 'x y', '-1']);
    return this.sample(
      noun === 'Node'
        ? random.pick(Object.keys(TABLES).filter((name) => name !== 'AuditEntry' && name !== 'TimelineEntry'))
        : noun,
      'id',
    );
  }

  private cursor(noun: string, order: string): unknown {
    const { random } = this;
    if (random.chance(0.05)) return random.pick(['rubbish', 'aWQgZGVzY3x4', '']);
    const table = TABLES[noun] ?? '';
    const row = random.pick(this.tables[table] ?? []);
    return row ? encodeCursor(row, listOrder(table, order)) : undefined;
  }

  private inputOf(type: GraphQLInputType, noun: string, name: string): unknown {
    const { random } = this;
    const nullable = getNullableType(type);
    if (isListType(nullable))
      return Array.from({ length: random.int(4) }, () => this.inputOf(nullable.ofType, noun, name));
    const named = getNamedType(type);
    if (isEnumType(named)) return new EnumName(random.pick(named.getValues()).name);
    if (isInputObjectType(named)) {
      const fields = Object.values(named.getFields()).filter(() => random.chance(0.25));
      return Object.fromEntries(
        fields.map((field) => [
          field.name,
          random.chance(0.05) && !String(field.type).endsWith('!') ? null : this.inputOf(field.type, noun, field.name),
        ]),
      );
    }
    if (named.name === 'Boolean') return random.chance(0.5);
    if (named.name === 'Int') return random.int(100);
    if (named.name === 'DateTime')
      return random.pick(['2026-01-04T10:00:00Z', '2026-01-05T12:00:00.123456+02:00', '2026-01-03T10:00:00.5Z']);
    if (name === 'search') return random.pick(['so-1', 'c1@', 'REF', 'inv-2', '"', 'sku-1', 'e', '%', '_', '\\']);
    if (name.endsWith('StartsWith')) return random.pick(['SO-', 'SO-1', 'INV-2', 'SKU', '%', '']);
    return this.sample(noun, name.endsWith('Id') && name === 'integrationId' ? 'integrationId' : name) ?? 'x';
  }

  private sample(noun: string, property: string): unknown {
    const row = this.random.pick<Row>(this.tables[TABLES[noun] ?? ''] ?? [{}]) ?? {};
    const value = row[snake(property)];
    return typeof value === 'string' && property.endsWith('At') ? wireTime(value) : (value ?? undefined);
  }

  /** As a variable, or written into the document. */
  private value(type: string, value: unknown): string {
    if (!this.random.chance(0.5)) return printed(value);
    const name = `v${this.newNumber()}`;
    this.declared.push(`$${name}: ${type}`);
    this.variables[name] = value;
    return `$${name}`;
  }
}

function nounOf(field: GraphQLField<unknown, unknown>): string {
  const name = getNamedType(field.type).name.replace(/Connection$/, '');
  return name === 'Timeline' ? 'TimelineEntry' : name;
}

function orderNamed(argument: GraphQLArgument, given: unknown): string {
  const type = getNamedType(argument.type);
  return isEnumType(type) ? String(type.getValue((given as EnumName).name)?.value) : '';
}

function printed(value: unknown): string {
  if (value instanceof EnumName) return value.name;
  if (Array.isArray(value)) return `[${value.map(printed).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    return `{ ${Object.entries(value)
      .map(([key, part]) => `${key}: ${printed(part)}`)
      .join(', ')} }`;
  }
  return JSON.stringify(value ?? null);
}
