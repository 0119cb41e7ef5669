/** A selection that every server of the comparison can answer, told apart from its dialect. */
export interface Field {
  name: 'orders' | 'order' | 'lines' | 'invoices' | 'syncEvents' | 'customer' | string;
  first?: number;
  status?: string;
  id?: string;
  /** `nodes`: a connection's nodes; `edges`: with cursors and page info. */
  as?: 'nodes' | 'edges';
  of?: readonly Field[];
}

export interface Measured {
  name: string;
  field: Field;
}

const SCALARS = {
  order: ['id', 'number', 'status', 'currency', 'deliveryMethod', 'merchantId'],
  lines: ['lineNo', 'sku', 'name', 'quantity', 'unitPrice', 'total'],
  invoices: ['id', 'number', 'status', 'total', 'tax', 'currency'],
  syncEvents: ['id', 'entityId', 'status', 'operation', 'direction', 'idempotencyKey', 'maxAttempts'],
  customer: ['id', 'name', 'email', 'reference'],
} as const;

const leaves = (names: readonly string[]): Field[] => names.map((name) => ({ name }));

const LIST: Field = {
  name: 'orders',
  first: 50,
  status: 'SHIPPED',
  as: 'nodes',
  of: [
    ...leaves(['id', 'number', 'status', 'currency']),
    { name: 'lines', of: leaves(['sku', 'name', 'quantity', 'unitPrice', 'total']) },
    { name: 'syncEvents', first: 5, as: 'nodes', of: leaves(['id', 'status', 'operation', 'direction']) },
    { name: 'invoices', of: leaves(['id', 'number', 'status', 'total']) },
  ],
};
const PAGE: Field = {
  name: 'orders',
  first: 20,
  as: 'edges',
  of: leaves(['id', 'number', 'status', 'currency', 'merchantId']),
};
const ONE: Field = {
  name: 'order',
  id: 'ord_000050000',
  of: leaves(['id', 'number', 'status', 'currency', 'merchantId']),
};

/** The three of the table, and twelve drawn by the seed. */
export function operations(seed: number): Measured[] {
  const random = mulberry(seed);
  const generated = Array.from({ length: 12 }, (_, n) => ({ name: `generated ${n + 1}`, field: generate(random) }));
  return [
    { name: 'list of 50', field: LIST },
    { name: 'page of 20', field: PAGE },
    { name: 'one order', field: ONE },
    ...generated,
  ];
}

function generate(random: () => number): Field {
  const int = (n: number) => Math.floor(random() * n);
  const some = (names: readonly string[]) =>
    leaves(names.filter((name, n) => n === 0 || random() < 0.6 || name === ''));
  const orderFields = (depth: number): Field[] => {
    const fields = some(SCALARS.order);
    if (random() < 0.7) fields.push({ name: 'lines', of: some(SCALARS.lines) });
    if (random() < 0.5) fields.push({ name: 'invoices', of: some(SCALARS.invoices) });
    if (random() < 0.6)
      fields.push({ name: 'syncEvents', first: 1 + int(10), as: 'nodes', of: some(SCALARS.syncEvents) });
    if (random() < 0.4 && depth > 0) fields.push({ name: 'customer', of: some(SCALARS.customer) });
    return fields;
  };
  if (random() < 0.2)
    return { name: 'order', id: `ord_${String(1 + int(90_000)).padStart(9, '0')}`, of: orderFields(1) };
  const status = random() < 0.5 ? 'PAID' : undefined;
  return { name: 'orders', first: 10 + int(60), status, as: random() < 0.3 ? 'edges' : 'nodes', of: orderFields(1) };
}

function mulberry(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** The operation in the hub's own dialect, which the Mercurius server speaks too. */
export function hubQuery(field: Field): string {
  return `query Bench { ${inHub(field)} }`;
}

function inHub({ name, first, status, id, as, of }: Field): string {
  if (!of) return name;
  const args = [first && `first: ${first}`, status && `filter: { status: [${status}] }`, id && `id: "${id}"`].filter(
    Boolean,
  );
  return `${name}${args.length ? `(${args.join(', ')})` : ''} ${body(of.map(inHub).join(' '), as)}`;
}

const RELATIONS: Record<string, string> = {
  lines: 'orderLinesByOrderIdList',
  invoices: 'invoicesByOrderIdList',
  syncEvents: 'syncEventsByEntityId',
  customer: 'customerByCustomerId',
  order: 'orderByRowId',
  orders: 'allOrders',
};

/** The same in the dialect that PostGraphile derives from the tables, aliased to the same answer. */
export function postgraphileQuery(field: Field): string {
  return `query Bench { ${inPostgraphile(field)} }`;
}

function inPostgraphile({ name, first, status, id, as, of }: Field): string {
  if (!of) return name === 'id' ? 'id: rowId' : name;
  const order =
    name === 'orders'
      ? 'orderBy: [PLACED_AT_DESC, PRIMARY_KEY_DESC]'
      : name === 'syncEvents'
        ? 'orderBy: [PRIMARY_KEY_DESC]'
        : '';
  const args = [
    first && `first: ${first}`,
    status && `condition: { status: "${status}" }`,
    id && `rowId: "${id}"`,
    order,
  ].filter(Boolean);
  return `${name}: ${RELATIONS[name]}${args.length ? `(${args.join(', ')})` : ''} ${body(of.map(inPostgraphile).join(' '), as)}`;
}

function body(fields: string, as: Field['as']): string {
  if (as === 'nodes') return `{ nodes { ${fields} } }`;
  if (as === 'edges') return `{ edges { cursor node { ${fields} } } pageInfo { hasNextPage endCursor } }`;
  return `{ ${fields} }`;
}
