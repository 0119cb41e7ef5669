import type { InboundEvent, StockRow } from '../../connectors/connector.js';
import { newIdSql } from '../../db/new-id-sql.js';
import type { OpenIntegration } from '../integrations/open-integration.js';
import type { Services } from '../services.js';

/**
 * `$1` merchant, `$2` integration, `$3` SKU, `$4` name, `$5` brand, `$6` barcode, `$7` price, `$8` currency, `$9` thc,
 * `$10` batch number, `$11` link to the certificate.
 */
const ADD_PRODUCT = `
with known as (
  select coalesce((select b.name from brands b where b.merchant_id = $1 and lower(b.name) = lower($5::text)), $5::text) as brand
),
brand as (
  insert into brands (id, merchant_id, name) select ${newIdSql('Brand')}, $1, $5::text where $5::text is not null
  on conflict do nothing
),
added as (
  insert into products (id, merchant_id, sku, name, brand, barcode, price, currency, source_integration_id, thc, batch_number, coa_link)
  values (${newIdSql('Product')}, $1, $3, coalesce($4::text, $3), (select known.brand from known), $6, $7::numeric, $8, $2, $9, $10, $11)
  on conflict (merchant_id, sku) do nothing
  returning *
),
told as (
  insert into changes (kind, merchant_id, entity_type, entity_id, integration_id, data)
  select 'product.changed', $1, 'PRODUCT', id, $2, jsonb_build_object('sku', sku, 'action', 'created', 'name', name,
    'brand', brand, 'price', price::text, 'previousPrice', null, 'currency', currency)
  from added
)
select known.brand from known`;

/**
 * What an event says of one SKU, as the inbox applies it: its stock as a row. A product that the hub does not know is made,
 * since such an event tells all that a product needs; its brand is written as the hub has it. Stock that comes with more
 * of its product is an event of the product. Repeating it has no further effect.
 */
export async function takeInboundGoods(
  { db }: Pick<Services, 'db'>,
  { id, merchantId }: OpenIntegration,
  event: InboundEvent,
): Promise<InboundEvent> {
  const { sku, name, brand, barcode, price, currency, thc, batchNumber, coaLink, entityType } = event;
  if (sku === undefined || (entityType !== 'PRODUCT' && entityType !== 'INVENTORY')) return event;
  const stock = event.stock ?? stockOf(event, sku);
  const isOfProduct = [name, brand, barcode, price, thc, batchNumber, coaLink].some((field) => field != null);
  const isStockAlone = entityType === 'INVENTORY' && (isRemoval(event) || !isOfProduct);
  if (isStockAlone) return { ...event, ...(stock && { stock }) };
  const told = [name, brand, barcode, price, currency, thc, batchNumber, coaLink];
  return {
    ...event,
    entityType: 'PRODUCT',
    ...(!isRemoval(event) && (await addProduct(db, [merchantId, id, sku, ...told]))),
    reference: { ...event.reference, number: sku },
    namedByNumber: true,
    ...(stock && { stock }),
  };
}

/** Answers the brand as the hub has it. */
async function addProduct({ pool }: Services['db'], told: unknown[]): Promise<{ brand?: string }> {
  const { rows } = await pool.query<{ brand: string | null }>(ADD_PRODUCT, told);
  const brand = rows[0]?.brand;
  return brand == null ? {} : { brand };
}

const isRemoval = ({ eventType }: InboundEvent) => /\.(deleted|removed)$/i.test(eventType);

function stockOf(
  { location = '', onHand, reserved = 0, available }: InboundEvent,
  sku: string,
): StockRow[] | undefined {
  if (onHand === undefined && available === undefined) return undefined;
  const there = onHand ?? (available ?? 0) + reserved;
  return [{ sku, location, onHand: there, reserved, available: available ?? there - reserved }];
}
