import type pg from 'pg';
import { z } from 'zod';
import { HubError } from '../../errors.js';
import type { OpenIntegration } from '../integrations/open-integration.js';
import type { Merge } from './merge-rows.js';

const DEFAULT_SHARE = 0.5;
/** Of fewer rows that are known any share may go. */
const FEW = 20;

/** Of any connector, those outside included. */
const Setting = z.object({ removeAtMost: z.number().min(0).max(1).default(DEFAULT_SHARE).catch(DEFAULT_SHARE) });

/** The share of the known rows that one complete pull may remove, 0 to 1. */
export function removeAtMostOf({ settings }: Pick<OpenIntegration, 'settings'>): number {
  return Setting.parse(settings ?? {}).removeAtMost;
}

const KNOWN_STOCK = `select l.sku, l.location from inventory_levels l
  where l.integration_id = $2 and l.merchant_id = $1 and l.removed_at is null`;
const KNOWN_PRODUCTS = `select p.sku, null as location from products p
  where p.source_integration_id = $2 and p.merchant_id = $1 and p.deleted_at is null`;

const count = (known: string) => `
select count(*)::int as known, count(*) filter (where not exists (
  select from staged s where s.sku = k.sku and (k.location is null or s.location = k.location)) and not exists (
  select from unread u where u.sku = k.sku))::int as missing,
  not exists (select from staged) and not exists (select from unread) as "isEmpty"
from (${known}) k`;

interface Counts {
  known: number;
  missing: number;
  isEmpty: boolean;
}

/**
 * A list that is empty or was cut short looks as if everything were gone. Answers the failure of a complete pull whose
 * staged rows lack more of what is known than the integration allows; null: what is missing may be removed.
 */
export async function findExcess(client: pg.Client, merge: Merge, removeAtMost: number): Promise<HubError | null> {
  const statement = count(merge.kind === 'PRODUCT' ? KNOWN_PRODUCTS : KNOWN_STOCK);
  const { rows } = await client.query<Counts>(statement, [merge.merchantId, merge.integrationId]);
  const { known = 0, missing = 0, isEmpty = false } = rows[0] ?? {};
  const isTooMuch = known >= FEW ? missing > known * removeAtMost : isEmpty && known > 0 && removeAtMost < 1;
  if (!isTooMuch) return null;
  const what = merge.kind === 'PRODUCT' ? 'products' : 'stock levels';
  return new HubError(
    'TOO_MUCH_MISSING',
    `The system's list lacks ${missing} of the ${known} known ${what}, more than the share of ${removeAtMost} that may go at once. What it has was applied, nothing was removed. If they are really gone, set \`removeAtMost\` of the integration to 1, sync again, and set it back; otherwise look why the list is incomplete.`,
  );
}
