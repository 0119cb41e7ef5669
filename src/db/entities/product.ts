import { defineEntity, p } from '@mikro-orm/core';
import { Integration } from './integration.js';

export const Product = defineEntity({
  name: 'Product',
  tableName: 'products',
  properties: {
    id: p.text().primary(),
    merchantId: p.text(),
    sku: p.text(),
    name: p.text(),
    brand: p.text().nullable(),
    barcode: p.text().nullable(),
    price: p.decimal().columnType('numeric').nullable(),
    currency: p.text().nullable(),
    createdAt: p.datetime().defaultRaw('now()'),
    updatedAt: p.datetime().defaultRaw('now()'),
    inventory: () => p.oneToMany(InventoryLevel).mappedBy('product'),
  },
});

/** Stock of one SKU at one location, as one integration reports it. */
export const InventoryLevel = defineEntity({
  name: 'InventoryLevel',
  tableName: 'inventory_levels',
  properties: {
    id: p.text().primary(),
    merchantId: p.text(),
    integration: () => p.manyToOne(Integration),
    product: () => p.manyToOne(Product).nullable(),
    sku: p.text(),
    location: p.text().default(''),
    onHand: p.integer(),
    reserved: p.integer().default(0),
    available: p.integer(),
    /** `live`, or `stale_cache` when the upstream could not be read. */
    source: p.text().default('live'),
    /** When the upstream was read. */
    readAt: p.datetime(),
    updatedAt: p.datetime().defaultRaw('now()'),
  },
});
