import { type ASTNode, type DocumentNode, type GraphQLSchema, Kind, TypeInfo, visit, visitWithTypeInfo } from 'graphql';
import { LRUCache } from 'lru-cache';
import type { Sql } from '../db/database.js';
import { RawJson } from './raw-json.js';
import type { Reader, ReadRequest, ReadResult } from './reader.js';

export interface CatalogueCacheDeps {
  schema: GraphQLSchema;
  sql: Sql;
  /** Told of each question about products: whether its answer was kept. */
  onProducts(merchantId: string | null, isKept: boolean): void;
  /** Told of each question about stock: the hub's own copy of what the systems have. */
  onStock(merchantId: string | null): void;
}

const KEPT_MS = 900_000;
/** Characters of all kept answers together. */
const MOST_KEPT = 16 * 1024 * 1024;

/** What an answer may be made of so that one version tells all of it. */
const TYPES = ['ProductConnection', 'ProductEdge', 'PageInfo', 'Product'];
const ROOTS = ['products', 'product'];
/** Changes by the second. */
const MOVING = ['ageSeconds'];

/** Moves with every committed write of products, and with what their freshness follows from. `$1` merchant; null: all. */
const VERSION = `select concat(
  (select sum(v.version) from catalogue_versions v where $1::text is null or v.merchant_id = $1), ';',
  (select string_agg(concat_ws(' ', s.integration_id, s.entity_type, s.succeeded_at, s.failed_at, s.fresh_until < now()), ','
     order by s.integration_id, s.entity_type)
   from pull_states s join integrations i on i.id = s.integration_id
   where s.entity_type in ('PRODUCT', 'INVENTORY') and ($1::text is null or i.merchant_id = $1))) as version`;

interface Kept {
  version: string;
  text: string;
}

/**
 * The same reader; questions about products alone are answered from memory as long as no product has changed. The version is
 * asked of the database each time, before the answer is read: nobody gets an answer older than a write that was committed
 * before the question.
 */
export function cacheCatalogue(reader: Reader, deps: CatalogueCacheDeps): Reader {
  const kept = new LRUCache<string, Kept>({
    maxSize: MOST_KEPT,
    sizeCalculation: ({ text }, key) => text.length + key.length,
    ttl: KEPT_MS,
  });
  const subjects = createSubjects(deps.schema);
  const answerKept = async (request: ReadRequest, document: number): Promise<ReadResult> => {
    const { merchantId } = request.context.caller;
    const [row] = await deps.sql<{ version: string }>(VERSION, [merchantId]);
    const version = row?.version ?? '';
    const key = keyOf(request, document);
    const known = kept.get(key);
    const isKept = known?.version === version;
    deps.onProducts(merchantId, isKept);
    if (known && isKept) return shown(known.text, request);
    const result = await reader.execute({ ...request, raw: true });
    if (!(result.data instanceof RawJson) || result.errors) return result;
    kept.set(key, { version, text: result.data.text });
    return shown(result.data.text, request);
  };
  return {
    ...reader,
    async execute(request) {
      const subject = subjects.of(request.document);
      if (subject.isStock) deps.onStock(request.context.caller.merchantId);
      if (subject.number === null) return reader.execute(request);
      // Without the version there is no database, which the reader says in its own words.
      return answerKept(request, subject.number).catch(() => reader.execute(request));
    },
  };
}

function shown(text: string, { raw }: ReadRequest): ReadResult {
  const data = new RawJson(text);
  return { data: raw === false ? (data.toJSON() as object) : data };
}

/** Whatever an answer depends on besides the data. */
function keyOf({ operationName, variables, context: { caller } }: ReadRequest, document: number): string {
  const { merchantId, role, permissions } = caller;
  return JSON.stringify([document, operationName ?? '', variables ?? {}, merchantId, role, permissions]);
}

interface Subject {
  /** Of a document that asks about products alone; null: of anything else. */
  number: number | null;
  isStock: boolean;
}

/** Looks at each document once. */
function createSubjects(schema: GraphQLSchema) {
  const known = new WeakMap<DocumentNode, Subject>();
  let last = 0;
  const look = (document: DocumentNode): Subject => {
    const { isStock, isOfProducts } = subjectOf(schema, document);
    if (isOfProducts) last += 1;
    return { number: isOfProducts ? last : null, isStock };
  };
  return {
    of(document: DocumentNode): Subject {
      const subject = known.get(document) ?? look(document);
      known.set(document, subject);
      return subject;
    },
  };
}

function subjectOf(schema: GraphQLSchema, document: DocumentNode) {
  const types = new TypeInfo(schema);
  const query = schema.getQueryType()?.name;
  let isStock = false;
  let isOfProducts = true;
  const look = (name: string) => {
    const type = types.getParentType()?.name ?? '';
    if (type === query) isStock ||= name === 'inventory';
    const isAllowed = type === query ? ROOTS.includes(name) : TYPES.includes(type) && !MOVING.includes(name);
    if (!isAllowed) isOfProducts = false;
  };
  const enter = (node: ASTNode) => {
    if (node.kind === Kind.FIELD) look(node.name.value);
    else if (node.kind === Kind.OPERATION_DEFINITION && node.operation !== 'query') isOfProducts = false;
  };
  visit(document, visitWithTypeInfo(types, { enter }));
  return { isStock, isOfProducts };
}
