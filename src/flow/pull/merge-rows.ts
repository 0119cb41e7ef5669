import type pg from 'pg';
import { ADD_BRANDS, MERGE_PRODUCTS, MERGE_STOCK, nextChunk, REMOVE_PRODUCTS, REMOVE_STOCK } from './merge-sql.js';

/** What a merge is for. */
export interface Merge {
  kind: 'PRODUCT' | 'INVENTORY';
  merchantId: string;
  integrationId: string;
  syncEventId: string;
  /** Whether everything that the source has is staged: what is missing is gone there. */
  full: boolean;
}

/** Rows written by one chunk; products and stock count alike. */
export interface MergedChunk {
  changed: number;
  removed: number;
}

/** One chunk is one short time during which its rows are locked. */
const CHUNK_SKUS = 5_000;
const NEXT_CHUNK = nextChunk(CHUNK_SKUS);

/**
 * Writes what is staged and differs from what the hub knows, chunk by chunk in the order of SKUs, each statement committed
 * by itself. Cut off anywhere it leaves rows that were true when they were read, and the next run does the rest.
 */
export async function* mergeRows(client: pg.Client, merge: Merge): AsyncGenerator<MergedChunk> {
  for (let after: string | null = null; ; ) {
    const chunk = await findChunk(client, after);
    const isLast = chunk.skus < CHUNK_SKUS;
    // The range of the last chunk has no end: what lies behind it here is gone there.
    const range = [merge.merchantId, merge.integrationId, after, isLast ? null : chunk.last];
    yield await mergeChunk(client, merge, range);
    if (isLast) return;
    after = chunk.last;
  }
}

interface Chunk {
  last: string | null;
  skus: number;
}

async function findChunk(client: pg.Client, after: string | null): Promise<Chunk> {
  const { rows } = await client.query<Chunk>(NEXT_CHUNK, [after]);
  return rows[0] ?? { last: null, skus: 0 };
}

async function mergeChunk(client: pg.Client, merge: Merge, range: (string | null)[]): Promise<MergedChunk> {
  const { kind, full, syncEventId } = merge;
  const count = async (name: string, text: string, values: unknown[]) => {
    const { rows } = await client.query<Partial<MergedChunk>>({ name, text, values });
    return rows[0] ?? {};
  };
  const isList = kind === 'PRODUCT';
  await client.query({ name: 'brands', text: ADD_BRANDS, values: range });
  const products = await count('products', MERGE_PRODUCTS, [...range, isList, syncEventId]);
  const stock = isList ? {} : await count('stock', MERGE_STOCK, [...range, syncEventId]);
  const [name, remove] = isList ? ['removed-products', REMOVE_PRODUCTS] : ['removed-stock', REMOVE_STOCK];
  const gone = full ? await count(name as string, remove as string, [...range, syncEventId]) : {};
  return { changed: (products.changed ?? 0) + (stock.changed ?? 0), removed: gone.removed ?? 0 };
}
