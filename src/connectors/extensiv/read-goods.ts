import type { z } from 'zod';
import { HubError } from '../../errors.js';
import type { InboundEvent } from '../connector.js';
import { describeMismatch } from '../upstream/classify.js';
import type { ExtensivClient } from './client.js';
import { productFromExtensiv, stockFromExtensiv } from './mapping.js';
import type { ExtensivSettings } from './settings.js';
import { ListAnswer, ProductRow, StockRow } from './wire.js';

type Fields = Record<string, unknown>;

/** One product with its stock, by the two calls that name it; null: neither knows the SKU. Rows of another SKU count for nothing. */
export async function readGoods(
  client: ExtensivClient,
  settings: ExtensivSettings,
  sku: string,
): Promise<InboundEvent | null> {
  // Taken before the calls: whatever overtakes the answers is the newer one.
  const askedAt = new Date().toISOString();
  const isIt = (row: unknown) => (row as Fields | null)?.['sku'] === sku;
  const [products, levels] = [await client.readProduct(sku), await client.readInventory(sku)].map((answer) =>
    rowsOf(answer).filter(isIt),
  );
  const source = products?.[0] ?? levels?.[0];
  if (source === undefined) return null;
  const stock = (levels ?? []).map((row) => {
    const { location, onHand, reserved, available } = stockFromExtensiv(parse(StockRow, row), settings);
    return { sku, location, onHand, reserved, available, source: row };
  });
  const product = productFromExtensiv(parse(ProductRow, source), settings);
  return {
    eventId: `read:PRODUCT:${sku}:${askedAt}`,
    eventType: 'product.read',
    entityType: 'PRODUCT',
    reference: { externalId: null, entityId: null, number: sku },
    occurredAt: askedAt,
    sourceStatus: null,
    status: null,
    ...{ ...product, sku },
    ...(stock.length > 0 && { stock }),
    payload: source,
  };
}

function parse<Row>(shape: z.ZodType<Row>, row: unknown): Row {
  const parsed = shape.safeParse(row);
  if (parsed.success) return parsed.data;
  throw new HubError('UPSTREAM_BAD_RESPONSE', `The upstream answered, but ${describeMismatch(parsed.error)}.`);
}

/** A record bare or under `data`, or a list of them: a SKU may lie at several places. */
function rowsOf(answer: unknown): unknown[] {
  const list = ListAnswer.safeParse(answer);
  if (list.success) return list.data.rows;
  const inner = (answer as Fields | null)?.['data'];
  return [inner ?? answer];
}
