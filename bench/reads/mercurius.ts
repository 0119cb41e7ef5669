import fastify from 'fastify';
import mercurius from 'mercurius';
import pg from 'pg';

/** Mercurius with JIT, loaders that batch, hand-written statements of the columns that the benchmark reads. */
const [url, port] = process.argv.slice(2);
pg.types.setTypeParser(20, (text) => text);
pg.types.setTypeParser(1700, (text) => text);
const pool = new pg.Pool({ connectionString: url, max: 6, options: '-c timezone=UTC -c jit=off' });

const schema = `
  type Query { order(id: ID): Order orders(first: Int, filter: OrderFilter): OrderConnection! }
  enum OrderStatus { PENDING CONFIRMED PAID PROCESSING SHIPPED DELIVERED CANCELLED ON_HOLD }
  input OrderFilter { status: [OrderStatus!] }
  type OrderConnection { nodes: [Order!]! edges: [OrderEdge!]! pageInfo: PageInfo! }
  type OrderEdge { cursor: String! node: Order! }
  type PageInfo { hasNextPage: Boolean! endCursor: String }
  type Order { id: ID! number: String! status: String! currency: String! deliveryMethod: String merchantId: String!
    lines: [OrderLine!]! invoices: [Invoice!]! syncEvents(first: Int): SyncEventConnection! customer: Customer }
  type OrderLine { lineNo: Int! sku: String! name: String quantity: Int! unitPrice: String! total: String! }
  type Invoice { id: ID! number: String! status: String! total: String! tax: String! currency: String! }
  type SyncEventConnection { nodes: [SyncEvent!]! }
  type SyncEvent { id: ID! entityId: ID! status: String! operation: String! direction: String! idempotencyKey: String! maxAttempts: Int! }
  type Customer { id: ID! name: String email: String reference: String }
`;

type Row = Record<string, unknown>;
type Loaded = { obj: Row; params: Row }[];
const ORDER = `id, number, status, currency, delivery_method "deliveryMethod", merchant_id "merchantId", customer_id, placed_at::text "placedAt"`;
const rows = async (name: string, text: string, values: unknown[]): Promise<Row[]> =>
  (await pool.query({ name, text, values })).rows;
const idsOf = (queries: Loaded, key = 'id') => queries.map(({ obj }) => obj[key]);

function grouped(queries: Loaded, found: Row[], key: string): Row[][] {
  const groups = new Map<unknown, Row[]>(queries.map(({ obj }) => [obj['id'], []]));
  for (const row of found) groups.get(row[key])?.push(row);
  return queries.map(({ obj }) => groups.get(obj['id']) ?? []);
}

const resolvers = {
  Query: {
    order: async (_: unknown, { id }: Row) => (await rows('one', `select ${ORDER} from orders where id = $1`, [id]))[0],
    orders: async (_: unknown, { first, filter }: { first: number; filter?: { status?: string[] } }) => {
      const text = `select ${ORDER} from orders ${filter?.status ? 'where status = any($2)' : ''} order by placed_at desc, id desc limit $1`;
      const found = await rows(
        filter?.status ? 'byStatus' : 'all',
        text,
        filter?.status ? [first + 1, filter.status] : [first + 1],
      );
      const page = found.slice(0, first);
      const cursor = (row: Row) => Buffer.from(`${row['placedAt']}|${row['id']}`).toString('base64url');
      const edges = page.map((node) => ({ cursor: cursor(node), node }));
      return {
        nodes: page,
        edges,
        pageInfo: { hasNextPage: found.length > first, endCursor: edges.at(-1)?.cursor ?? null },
      };
    },
  },
};

const loaders = {
  Order: {
    lines: async (queries: Loaded) =>
      grouped(
        queries,
        await rows(
          'lines',
          `select order_id, line_no "lineNo", sku, name, quantity, unit_price "unitPrice", total from order_lines
          where order_id = any($1) order by line_no`,
          [idsOf(queries)],
        ),
        'order_id',
      ),
    invoices: async (queries: Loaded) =>
      grouped(
        queries,
        await rows(
          'invoices',
          `select order_id, id, number, status, total, tax, currency from invoices where order_id = any($1) order by issued_at`,
          [idsOf(queries)],
        ),
        'order_id',
      ),
    syncEvents: async (queries: Loaded) => {
      const found = await rows(
        'events',
        `select e.* from unnest($1::text[]) o(id) cross join lateral (select id, entity_id "entityId", status, operation, direction,
          idempotency_key "idempotencyKey", max_attempts "maxAttempts" from sync_events where entity_id = o.id and entity_type = 'ORDER'
          order by id desc limit $2) e`,
        [idsOf(queries), queries[0]?.params['first']],
      );
      return grouped(queries, found, 'entityId').map((nodes) => ({ nodes }));
    },
    customer: async (queries: Loaded) => {
      const found = await rows('customers', `select id, name, email, reference from customers where id = any($1)`, [
        idsOf(queries, 'customer_id'),
      ]);
      const byId = new Map(found.map((row) => [row['id'], row]));
      return queries.map(({ obj }) => byId.get(obj['customer_id']) ?? null);
    },
  },
};

const app = fastify();
app.register(mercurius as never, { schema, resolvers, loaders, jit: 1, cache: 1024 } as never);
await app.listen({ port: Number(port), host: '127.0.0.1' });
console.log('ready');
