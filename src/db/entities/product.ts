import { defineEntity, p } from '@mikro-orm/core';
import { Integration } from './integration.js';

/** A maker's name as it is written here; names that differ in case only are one brand. */
export const Brand = defineEntity({
  name: 'Brand',
  tableName: 'brands',
  properties: {
    id: p.text().primary(),
    merchantId: p.text(),
    name: p.text(),
    /** Its part of what its products earn, in percent; null: the usual part. */
    payoutPercent: p.decimal().columnType('numeric').nullable(),
    createdAt: p.datetime().defaultRaw('now()'),
  },
});

export const Product = defineEntity({
  name: 'Product',
  tableName: 'products',
  properties: {
    id: p.text().primary(),
    merchantId: p.text(),
    sku: p.text(),
    name: p.text(),
    /** The name of a {@link Brand}. */
    brand: p.text().nullable(),
    barcode: p.text().nullable(),
    price: p.decimal().columnType('numeric').nullable(),
    currency: p.text().nullable(),
    /** As the source says it, with its unit. */
    thc: p.text().nullable(),
    batchNumber: p.text().nullable(),
    /** Address of the certificate of analysis. */
    coaLink: p.text().nullable(),
    createdAt: p.datetime().defaultRaw('now()'),
    updatedAt: p.datetime().defaultRaw('now()'),
    /** When its source was seen without it. */
    deletedAt: p.datetime().nullable(),
    /** The integration whose pull wrote it last, and whose complete pulls notice that it is gone. */
    sourceIntegrationId: p.text().nullable(),
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
    /** When the upstream was seen without it: its stock is 0 since then. */
    removedAt: p.datetime().nullable(),
    updatedAt: p.datetime().defaultRaw('now()'),
  },
});
