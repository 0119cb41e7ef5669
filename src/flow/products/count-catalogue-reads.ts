import type { OpenIntegration } from '../integrations/open-integration.js';
import type { Services } from '../services.js';

/** What is told of questions about the catalogue. A merchant of null: all that there are. */
export interface CatalogueReads {
  /** A question about products, and whether its answer was kept. */
  products(merchantId: string | null, isKept: boolean): void;
  /** A question about stock: the hub's copy answers it, rightly while it is fresh. */
  stock(merchantId: string | null): void;
}

const FRESH = `select integration_id as id, coalesce(fresh_until > now(), false) and coalesce(failed_at <= succeeded_at, true) as fresh
from pull_states where entity_type = 'INVENTORY'`;
/** How old the word on what is fresh may be. */
const FRESH_MS = 1_000;

/** Counts how often caches could answer, for each system that the answers come from. */
export function countCatalogueReads({ db, integrations, tally, log }: Services): CatalogueReads {
  let freshness: { read: Promise<Map<string, boolean>>; until: number } | null = null;
  const readFreshness = async () => {
    const { rows } = await db.pool.query<{ id: string; fresh: boolean }>(FRESH);
    return new Map(rows.map(({ id, fresh }) => [id, fresh]));
  };
  const recentFreshness = () => {
    if (!freshness || performance.now() > freshness.until)
      freshness = { read: readFreshness(), until: performance.now() + FRESH_MS };
    return freshness.read;
  };
  const sources = async (merchantId: string | null) =>
    (await (merchantId === null ? integrations.all() : integrations.byMerchant(merchantId))).filter(isSource);
  const quietly = (work: Promise<void>) =>
    void work.catch((err: unknown) => log.debug({ err }, 'a read was not counted'));
  return {
    products: (merchantId, isKept) =>
      quietly(
        sources(merchantId).then((some) => {
          for (const { id } of some) tally.add(id, isKept ? 'cache.hit' : 'cache.miss');
        }),
      ),
    stock: (merchantId) =>
      quietly(
        Promise.all([sources(merchantId), recentFreshness()]).then(([some, fresh]) => {
          for (const { id } of some)
            if (fresh.has(id)) tally.add(id, fresh.get(id) ? 'stock-cache.hit' : 'stock-cache.miss');
        }),
      ),
  };
}

function isSource({ enabled, connection: { pull } }: OpenIntegration): boolean {
  return enabled && (pull?.PRODUCT !== undefined || pull?.INVENTORY !== undefined);
}
