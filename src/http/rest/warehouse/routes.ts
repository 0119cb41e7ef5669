import type { FastifyInstance } from 'fastify';
import type { DocumentNode } from 'graphql';
import { z } from 'zod';
import type { HubContext } from '../../../../schema/context.js';
import { HubError } from '../../../errors.js';
import { createReadThrough, type ReadThrough } from '../../../flow/products/read-through.js';
import { registerRoute } from '../../docs/register-route.js';
import { enveloped, success } from '../../envelope.js';
import type { ContextOf } from '../context-of.js';
import { pageQuery, pagination, paginationOf } from '../paging.js';
import { type ListOf, readPage } from '../read-page.js';
import { runOrThrow } from '../run-or-throw.js';
import { byId, type Fields, orderStatus, record, warehouseRoute } from './bodies.js';
import {
  INVENTORY,
  ORDER_BY_ID,
  ORDERS,
  PRODUCT_BY_ID,
  PRODUCT_BY_SKU,
  PRODUCTS,
  SYNC_INVENTORY,
  WAREHOUSES,
} from './operations.js';
import { registerOrderChanges } from './order-changes.js';

const page = {
  ...pageQuery.shape,
  after: z
    .string()
    .optional()
    .meta({ description: '`pageInfo.endCursor`: pages are counted from there, not from the start.' }),
};
const list = z.object({ nodes: z.array(record), pageInfo: record, totalCount: z.int() });

interface ListRoute<Filter> {
  url: string;
  summary: string;
  list: ListOf;
  query: z.ZodType<Filter & z.output<typeof pageQuery> & { after?: string }>;
}

/** Rows E14 and E15: products, stock and orders, as the warehouse's portal had them. */
export function registerWarehouse(scope: FastifyInstance, contextOf: ContextOf): void {
  registerList(scope, contextOf, {
    url: '/api/v1/products',
    summary: 'Products by SKU; of a brand, or with a text in SKU, name or barcode; `source` as of stock',
    list: PRODUCTS,
    query: z.object({ ...page, brand: z.string().optional(), search: z.string().optional() }),
  });
  registerList(scope, contextOf, {
    url: '/api/v1/inventory',
    summary: 'Stock by SKU; `source` is `stale_cache`, with a warning, where it may be out of date',
    list: INVENTORY,
    query: z.object({ ...page, sku: z.string().optional(), integrationId: z.string().optional() }),
  });
  registerList(scope, contextOf, {
    url: '/api/v1/orders',
    summary: 'Orders, newest first',
    list: ORDERS,
    query: z.object({ ...page, status: orderStatus.optional(), search: z.string().optional() }),
  });
  const readThrough = createReadThrough();
  registerOne(scope, contextOf, 'products', 'One product by its id or SKU, with its stock', (context, id) =>
    findProduct(readThrough, context, id),
  );
  registerOne(scope, contextOf, 'orders', 'One order by its id', (context, id) => findOne(context, ORDER_BY_ID, id));
  registerSync(scope, contextOf);
  registerOrderChanges(scope, contextOf);
}

function registerList<Filter extends object>(
  scope: FastifyInstance,
  contextOf: ContextOf,
  { url, summary, list: of, query }: ListRoute<Filter>,
): void {
  registerRoute(scope, {
    ...warehouseRoute,
    ...{ method: 'GET', url, summary, query },
    authorize: contextOf,
    answer: enveloped(list).extend({ pagination }),
    handle: async ({ context, query: { page, limit, after, ...filter }, request }) => {
      const data = await readPage<Fields>(context, of, { filter, page, limit, after });
      return { ...success(request, data), pagination: paginationOf(data.totalCount, { page, limit }) };
    },
  });
}

function registerOne(
  scope: FastifyInstance,
  contextOf: ContextOf,
  collection: string,
  summary: string,
  find: (context: HubContext, id: string) => Promise<Fields | null>,
): void {
  registerRoute(scope, {
    ...warehouseRoute,
    ...{ method: 'GET', url: `/api/v1/${collection}/:id`, summary, params: byId },
    authorize: contextOf,
    answer: enveloped(record),
    errors: ['NOT_FOUND'],
    handle: async ({ context, params: { id }, request }) => {
      const found = await find(context, id);
      if (found) return success(request, found);
      throw new HubError('NOT_FOUND', `There is no ${id} in ${collection}.`, { path: ['id'] });
    },
  });
}

async function findOne(context: HubContext, document: DocumentNode, id: string): Promise<Fields | null> {
  const { one } = await runOrThrow<{ one: Fields | null }>(context, document, { id });
  // A node of another type has none of the fields.
  return one && Object.keys(one).length > 0 ? one : null;
}

async function findProduct(readThrough: ReadThrough, context: HubContext, id: string): Promise<Fields | null> {
  const known = (await findOne(context, PRODUCT_BY_SKU, id)) ?? (await findOne(context, PRODUCT_BY_ID, id));
  if (known && known['source'] !== 'stale_cache') return known;
  const sku = String(known?.['sku'] ?? id);
  const { services, caller } = context;
  return (await readThrough(services, caller, sku)) ? findOne(context, PRODUCT_BY_SKU, sku) : known;
}

function registerSync(scope: FastifyInstance, contextOf: ContextOf): void {
  registerRoute(scope, {
    ...warehouseRoute,
    ...{ method: 'POST', url: '/api/v1/inventory/sync', summary: 'Reads the stock of a system now' },
    description: 'Left out: the one integration with Extensiv.',
    authorize: contextOf,
    body: z.object({ integrationId: z.string().nullish(), idempotencyKey: z.string().nullish() }).nullish(),
    answer: enveloped(record),
    errors: ['UNKNOWN_INTEGRATION', 'NOT_FOUND', 'INTEGRATION_DISABLED', 'UNSUPPORTED'],
    handle: async ({ context, body, request }) => {
      const integrationId = body?.integrationId ?? (await warehouseOf(context));
      const data = await runOrThrow<{ sync: { syncEvent: Fields } }>(context, SYNC_INVENTORY, {
        input: { integrationId, idempotencyKey: body?.idempotencyKey },
      });
      return success(request, data.sync.syncEvent);
    },
  });
}

async function warehouseOf(context: HubContext): Promise<string> {
  const { integrations } = await runOrThrow<{ integrations: { id: string; connector: string }[] }>(
    context,
    WAREHOUSES,
    {},
  );
  const [only, another] = integrations.filter(({ connector }) => connector === 'extensiv');
  if (only && !another) return only.id;
  throw new HubError('BAD_USER_INPUT', 'Give the integrationId: there is not exactly one with Extensiv.', {
    path: ['integrationId'],
  });
}
