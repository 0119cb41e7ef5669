import type { InboundEvent, StockRow } from '../../connectors/inbound-event.js';
import type { PulledStock } from '../../connectors/pull.js';
import type { BoundMappings } from '../../mapping/create-mappings.js';

/** A product, its stock, or both, as far as a source and the rules tell. */
type Item = Partial<PulledStock>;

const OF_PRODUCTS = ['name', 'brand', 'barcode', 'price', 'currency', 'thc', 'batchNumber', 'coaLink'] as const;

/** What is available follows from the rest where the rules write that and not it. */
export function completeStock<Row extends Item>(row: Row, written: ReadonlySet<string>): Row {
  const { onHand, reserved = 0, available } = row;
  const follows = !written.has('available') && (written.has('onHand') || written.has('reserved'));
  if (onHand === undefined || (!follows && available !== undefined)) return row;
  return { ...row, reserved, available: onHand - reserved };
}

/**
 * Fields of products that a list of stock must keep quiet about: the rules for products make them otherwise, and those for
 * stock do not say how.
 */
export function leftToProducts(mappings: BoundMappings): readonly string[] {
  const [ofProducts, ofStock] = [mappings.inboundTargets('PRODUCT'), mappings.inboundTargets('INVENTORY')];
  return OF_PRODUCTS.filter((field) => ofProducts.has(field) && !ofStock.has(field));
}

/** A row of stock without them. */
export function withoutProduct<Row extends Item>(row: Row, fields: readonly string[]): Row {
  return fields.length === 0 ? row : { ...row, ...Object.fromEntries(fields.map((field) => [field, null])) };
}

/**
 * An event's rows of stock by the rules for stock.
 * @throws HubError MAPPING_FAILED, MAPPING_TIMEOUT
 */
export async function mapStock(mappings: BoundMappings, payload: unknown, rows: readonly StockRow[]) {
  const written = mappings.inboundTargets('INVENTORY');
  const mapped = rows.map(async ({ source = payload, ...row }): Promise<StockRow> => {
    const { sku, location, ...counts } = completeStock(await mappings.inbound('INVENTORY', source, row), written);
    return { sku, location, onHand: counts.onHand, reserved: counts.reserved, available: counts.available };
  });
  return Promise.all(mapped);
}

/** What an event says of one SKU, after its rules. */
export function completeGoods(mappings: BoundMappings, event: InboundEvent): InboundEvent {
  const { entityType } = event;
  const isGoods = entityType === 'PRODUCT' || entityType === 'INVENTORY';
  return isGoods ? completeStock(event, mappings.inboundTargets(entityType)) : event;
}
