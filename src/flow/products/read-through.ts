import { z } from 'zod';
import type { Caller } from '../../access/caller.js';
import { HubError } from '../../errors.js';
import { checkInput, label } from '../check-input.js';
import type { OpenIntegration } from '../integrations/open-integration.js';
import type { Services } from '../services.js';
import { chooseForGoods, readProduct } from './refresh-product.js';

/** How long a read that is kept counts, as the document has it of products and stock. */
const KEPT_MS = 15 * 60_000;
const MOST_KEPT = 10_000;

const wanted = z.object({ sku: label() });

/** Asks a system for a product that is read here; answers whether it was read. Whoever may read may have it read. */
export type ReadThrough = (services: Services, caller: Caller, sku: string) => Promise<boolean>;

/**
 * Remembers for a quarter of an hour what a system does not have, so that it is not asked at each read. To be asked only for what
 * the hub does not know or what is out of date: a product that arrives is answered from here. An integration that is changed
 * begins anew.
 */
export function createReadThrough(): ReadThrough {
  const absent = new WeakMap<OpenIntegration, Map<string, number>>();
  const absentAt = (integration: OpenIntegration) => {
    const known = absent.get(integration) ?? new Map<string, number>();
    absent.set(integration, known);
    return known;
  };
  const read = async (services: Services, caller: Caller, sku: string) => {
    const integration = await chooseForGoods(services, caller, null);
    const known = absentAt(integration);
    if ((known.get(sku) ?? 0) > Date.now()) return false;
    try {
      await readProduct(services, caller, integration, sku);
      return true;
    } catch (error) {
      if (error instanceof HubError && error.code === 'UPSTREAM_NOT_FOUND') remember(known, sku);
      throw error;
    }
  };
  return async (services, caller, sku) => {
    try {
      return await read(services, caller, checkInput(wanted, { sku }).sku);
    } catch (error) {
      // Where nobody can be asked, what is known is answered.
      if (error instanceof HubError) return false;
      throw error;
    }
  };
}

/** The oldest makes room. */
function remember(known: Map<string, number>, sku: string): void {
  known.delete(sku);
  const [oldest] = known.size >= MOST_KEPT ? known.keys() : [];
  if (oldest !== undefined) known.delete(oldest);
  known.set(sku, Date.now() + KEPT_MS);
}
