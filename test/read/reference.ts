import {
  type DocumentNode,
  type ExecutionResult,
  execute,
  GraphQLError,
  type GraphQLFieldResolver,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  isObjectType,
} from 'graphql';
import { buildHubSchema } from '../../schema/build.js';
import { connectorOf, eventsOf, isBeginning, statistics } from './reference-events.js';
import { type Args, connectionOf, listOrder } from './reference-lists.js';
import { nounOf } from './reference-nouns.js';
import { comparable, compare, isTime, type Row, snake, type Tables, wireTime } from './reference-rows.js';

/** Runs operations by plain graphql-js over rows in memory. Shares no code with the planner. */
export type Reference = (document: DocumentNode, variables: Record<string, unknown>) => Promise<ExecutionResult>;

export function createReference(tables: Tables): Reference {
  const schema = withoutResolvers(buildHubSchema());
  const fieldResolver: GraphQLFieldResolver<Row | undefined, unknown> = (source, args, _context, info) =>
    info.parentType.name === 'Query'
      ? resolveRoot(tables, args, info)
      : resolveField(tables, source as Row, args, info);
  return async (document, variableValues) => execute({ schema, document, variableValues, fieldResolver, typeResolver });
}

function withoutResolvers(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (isObjectType(type) && !type.name.startsWith('__')) {
      for (const field of Object.values(type.getFields())) delete field.resolve;
    }
    if ('resolveType' in type) delete type.resolveType;
  }
  return schema;
}

const typeResolver = (value: Row) => nounOf(String(value['id']))[0];

function resolveRoot(tables: Tables, args: Args, info: GraphQLResolveInfo): unknown {
  const rows = (table: string) => tables[table] ?? [];
  const byId = (table: string) => rows(table).find((row) => row['id'] === args['id']) ?? null;
  const page = (table: string, order: string) => listOf(tables, table, rows(table), args, info, order);
  switch (info.fieldName) {
    case 'node':
      return byId(nounOf(String(args['id']))[1]);
    case 'order':
    case 'invoice':
      return oneOf(rows(`${info.fieldName}s`), args, ['id', 'number']);
    case 'customer':
    case 'transaction':
      return oneOf(rows(`${info.fieldName}s`), args, ['id', 'reference']);
    case 'billingSubscription':
      return oneOf(rows('billing_subscriptions'), args, ['id', 'reference']);
    case 'customers':
      return page('customers', 'createdAt desc');
    case 'transactions':
      return page('transactions', 'occurredAt desc');
    case 'billingSubscriptions':
      return page('billing_subscriptions', 'startedAt desc');
    case 'product':
      return oneOf(rows('products'), args, ['sku']);
    case 'syncEvent':
      return byId('sync_events');
    case 'integration':
      return byId('integrations');
    case 'orders':
      return page('orders', 'placedAt desc');
    case 'invoices':
      return page('invoices', 'issuedAt desc');
    case 'products':
      return page('products', 'sku asc');
    case 'inventory':
      return page('inventory_levels', 'sku asc');
    case 'syncEvents':
      return listOf(tables, 'sync_events', eventsOf(tables, args['connector']), args, info, 'id desc');
    case 'webhookEvents':
      return page('webhook_events', 'createdAt desc');
    case 'auditLog':
      return page('audit_entries', 'id desc');
    case 'integrations':
      return sorted(filtered(tables, 'integrations', rows('integrations'), args['filter']), 'name', false);
    case 'connectorHealth':
      return sorted(rows('connector_health'), 'id', false);
    case 'alerts':
      return sorted(
        rows('alerts').filter((row) => args['open'] == null || (row['closed_at'] === null) === args['open']),
        'opened_at',
        true,
      );
    case 'syncStatistics':
      return statistics(eventsOf(tables, args['connector']), (args['days'] as number | null) ?? 30);
    case 'connectors':
      return [];
    default:
      throw new Error(`The reference does not know Query.${info.fieldName}`);
  }
}

function oneOf(rows: readonly Row[], args: Args, names: string[]): Row | null {
  const given = names.filter((name) => args[name] != null);
  if (given.length === 0) throw new GraphQLError('refused', { extensions: { code: 'BAD_USER_INPUT' } });
  return (
    sorted(
      rows.filter((row) => given.every((name) => row[name] === args[name])),
      'id',
      true,
    )[0] ?? null
  );
}

function sorted(rows: readonly Row[], column: string, descending: boolean): Row[] {
  const by = (name: string) => (left: Row, right: Row) =>
    compare(comparable(name, left[name]), comparable(name, right[name]));
  return rows.toSorted((left, right) => (descending ? -1 : 1) * (by(column)(left, right) || by('id')(left, right)));
}

function listOf(
  tables: Tables,
  table: string,
  rows: readonly Row[],
  args: Args,
  info: GraphQLResolveInfo,
  order: string,
): unknown {
  const argument = info.fieldNodes[0]?.arguments?.find(({ name }) => name.value === 'first')?.value;
  const explicit =
    argument !== undefined && (argument.kind !== 'Variable' || argument.name.value in info.variableValues);
  const numeric = ['sync_events', 'audit_entries', 'row_problems'].includes(table);
  const kept = filtered(tables, table, rows, args['filter']);
  return connectionOf(
    kept,
    args,
    listOrder(table, (args['orderBy'] as string | null | undefined) ?? order),
    explicit,
    numeric,
  );
}

function filtered(tables: Tables, table: string, rows: readonly Row[], filter: unknown): readonly Row[] {
  const given = Object.entries((filter ?? {}) as Args).filter(([, value]) => value != null);
  return rows.filter((row) => given.every(([name, value]) => passes(tables, table, row, name, value, filter as Args)));
}

/** Columns that `search` looks at; elsewhere the number. */
const SEARCHED: Readonly<Record<string, readonly string[]>> = {
  products: ['sku', 'name', 'barcode'],
  customers: ['name', 'email', 'reference'],
  transactions: ['reference', 'description'],
  billing_subscriptions: ['reference', 'plan'],
};

function passes(tables: Tables, table: string, row: Row, name: string, value: unknown, filter: Args): boolean {
  const find = (other: string, id: unknown) => tables[`all ${other}`]?.find((candidate) => candidate['id'] === id);
  const contains = (texts: unknown[]) =>
    texts.some((text) => text != null && String(text).toLowerCase().includes(String(value).toLowerCase()));
  if (table === 'orders' && (name === 'syncState' || name === 'integrationId')) {
    return (tables['all links'] ?? []).some(
      (link) =>
        link['entity_id'] === row['id'] &&
        (filter['syncState'] == null || name !== 'syncState' || link['state'] === filter['syncState']) &&
        (filter['integrationId'] == null || link['integration_id'] === filter['integrationId']),
    );
  }
  if (name === 'search') {
    const customer = table === 'orders' ? find('customers', row['customer_id']) : undefined;
    const order = table === 'invoices' ? find('orders', row['order_id']) : undefined;
    const own = SEARCHED[table] ?? ['number'];
    return contains([
      ...own.map((name) => row[name]),
      customer?.['name'],
      customer?.['email'],
      customer?.['reference'],
      order?.['number'],
    ]);
  }
  if (name === 'begun') return isBeginning(row) === value;
  if (name === 'availableMax') return Number(row['available']) <= Number(value);
  if (name.endsWith('StartsWith')) return String(row[snake(name.slice(0, -10))]).startsWith(String(value));
  const [, time, bound] = /^(.*?)(from|to)$/i.exec(name) ?? [];
  if (bound) {
    const column = time ? `${time}_at` : 'at';
    const order = compare(comparable(column, row[column]), comparable(column, value));
    return bound.toLowerCase() === 'from' ? order >= 0 : order <= 0;
  }
  const own = row[name === 'outcomes' ? 'outcome' : snake(name)];
  return Array.isArray(value) ? value.includes(own) : own === value;
}

function retryCountOf(attempts: number, status: unknown): number {
  if (status === 'RETRYING') return attempts;
  return Math.max(attempts - 1, status === 'FAILED' ? Math.min(attempts, 1) : 0);
}

function resolveField(tables: Tables, source: Row, args: Args, info: GraphQLResolveInfo): unknown {
  const { fieldName, parentType } = info;
  if (/(Connection|Edge)$|^PageInfo$/.test(parentType.name)) return source[fieldName];
  const related = resolveRelated(tables, source, args, info);
  if (related !== undefined) return related;
  if (fieldName === 'credentialsConfigured') return source['sealed_credentials'] !== null;
  if (fieldName === 'webhookPath') return `/webhooks/${source['id']}`;
  if (fieldName === 'retryCount') return retryCountOf(Number(source['attempt_count']), source['status']);
  if (info.parentType.name === 'RowProblem' && fieldName === 'column') return source['column_name'];
  if (fieldName === 'durationMs' && parentType.name !== 'AuditEntry') return source['duration_ms'] ?? 0;
  const column = (source['$prefix'] ?? '') + snake(fieldName);
  const value = source[column];
  if (value !== null && value !== undefined && isTime(column)) return wireTime(String(value));
  return parentType.name === 'ConnectorHealth' && fieldName === 'successRate' && value != null ? Number(value) : value;
}

/** `BillingSubscription` as an entity's kind: `BILLING_SUBSCRIPTION`. */
function typeOf(noun: string): string {
  return snake(noun).slice(1).toUpperCase();
}

function resolveRelated(tables: Tables, source: Row, args: Args, info: GraphQLResolveInfo): unknown {
  const many = (table: string, column: string, order: string) =>
    sorted(
      (tables[table] ?? []).filter((row) => row[column] === source['id']),
      order,
      false,
    );
  const one = (table: string, column: string) => tables[table]?.find((row) => row['id'] === source[column]) ?? null;
  const ofEntity = (table: string, type: string) =>
    (tables[table] ?? []).filter((row) => row['entity_id'] === source['id'] && row['entity_type'] === type);
  const page = (table: string, rows: readonly Row[], order: string) => listOf(tables, table, rows, args, info, order);
  const ofCustomer = (table: string) => (tables[table] ?? []).filter((row) => row['customer_id'] === source['id']);
  const name = `${info.parentType.name}.${info.fieldName}`;
  switch (name) {
    case 'Order.lines':
      return many('order_lines', 'order_id', 'line_no').map((row) => ({ ...row, order_id: row['order_id'] }));
    case 'Order.invoices':
      return many('invoices', 'order_id', 'issued_at');
    case 'Order.payouts':
      return many('payouts', 'order_id', 'id');
    case 'Order.customer':
      return one('customers', 'customer_id');
    case 'Order.totals':
      return source;
    case 'Order.shippingAddress':
    case 'Order.billingAddress': {
      const prefix = info.fieldName === 'shippingAddress' ? 'shipping_' : 'billing_';
      return source[`${prefix}line1`] === null ? null : { ...source, $prefix: prefix };
    }
    case 'Order.links':
    case 'Invoice.links':
    case 'Customer.links':
    case 'Transaction.links':
    case 'BillingSubscription.links':
      return sorted(ofEntity('links', typeOf(info.parentType.name)), 'id', false);
    case 'Order.syncEvents':
    case 'Invoice.syncEvents':
    case 'Customer.syncEvents':
    case 'Transaction.syncEvents':
    case 'BillingSubscription.syncEvents':
      return page('sync_events', ofEntity('sync_events', typeOf(info.parentType.name)), 'id desc');
    case 'Customer.transactions':
      return page('transactions', ofCustomer('transactions'), 'occurredAt desc');
    case 'Customer.billingSubscriptions':
      return page('billing_subscriptions', ofCustomer('billing_subscriptions'), 'startedAt desc');
    case 'Transaction.customer':
    case 'BillingSubscription.customer':
      return one('customers', 'customer_id');
    case 'Transaction.order':
      return one('orders', 'order_id');
    case 'BillingSubscription.interval':
      return source['billing_interval'];
    case 'Order.erpSynced':
      return (tables['all links'] ?? []).some(
        (link) =>
          link['entity_id'] === source['id'] &&
          link['entity_type'] === 'ORDER' &&
          link['synced_at'] !== null &&
          connectorOf(tables, link['integration_id']) === 'escooter',
      );
    // No lane of the rows waits for a person.
    case 'SyncEvent.held':
      return false;
    case 'SyncEvent.lastAttemptAt': {
      const own = (tables['all sync_attempts'] ?? []).filter((row) => row['sync_event_id'] === source['id']);
      const last = sorted(own, 'started_at', true)[0]?.['started_at'];
      return last == null ? null : wireTime(String(last));
    }
    case 'Order.timeline': {
      const invoices = (tables['all invoices'] ?? []).filter((row) => row['order_id'] === source['id']);
      const ids = [source, ...invoices].map((row) => row['id']);
      const entries = tables['timeline_entries'] ?? [];
      const own = entries.filter(
        ({ entity_id: id, entity_type: type }) => ids.includes(id) && /^(ORDER|INVOICE)$/.test(String(type)),
      );
      return page('timeline_entries', own, 'at asc');
    }
    case 'Order.blockers':
    case 'Invoice.blockers':
    case 'Transaction.blockers':
    case 'BillingSubscription.blockers':
    case 'Customer.blockers':
      return sorted(ofEntity('blockers', typeOf(info.parentType.name)), 'id', false);
    case 'Blocker.integration':
      return one('all integrations', 'integration_id');
    case 'Customer.orders':
      return page(
        'orders',
        (tables['orders'] ?? []).filter((row) => row['customer_id'] === source['id']),
        'placedAt desc',
      );
    case 'Invoice.order':
      return one('orders', 'order_id');
    case 'Product.inventory':
      return many('inventory_levels', 'product_id', 'id');
    case 'InventoryLevel.product':
      return one('products', 'product_id');
    case 'SyncEvent.pulls':
      return sorted(
        (tables['pulls'] ?? []).filter((row) => row['sync_event_id'] === source['id']),
        'id',
        false,
      );
    case 'SyncEvent.problems':
      return page(
        'row_problems',
        (tables['row_problems'] ?? []).filter((row) => row['sync_event_id'] === source['id']),
        'id asc',
      );
    case 'SyncEvent.attempts':
      return sorted(
        (tables['sync_attempts'] ?? []).filter((row) => row['sync_event_id'] === source['id']),
        'number',
        false,
      );
    case 'Integration.health':
      return tables['connector_health']?.find((row) => row['id'] === source['id']) ?? null;
    case 'Integration.webhook':
    case 'Integration.polling':
      return null;
    case 'Integration.timetable':
      return [];
    case 'Integration.fieldMappings':
      return many('mappings', 'integration_id', 'created_at');
    case 'Mapping.versions':
      return many('mapping_versions', 'mapping_id', 'version').toReversed();
    case 'MappingVersion.mapping':
      return one('mappings', 'mapping_id');
    case 'Integration.definition':
      return null;
    default:
      return info.fieldName === 'integration' ? one('integrations', 'integration_id') : undefined;
  }
}
