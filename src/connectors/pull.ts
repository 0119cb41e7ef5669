import type { AddressSnapshot } from '../model/snapshots.js';

/** What a pull is asked for. */
export interface PullRequest {
  /**
   * Only what changed at or after this instant (already moved back by the overlap that late rows need); null: everything,
   * so that what the source no longer has can be noticed.
   */
  since: Date | null;
  /** Ends it between two pages. */
  signal: AbortSignal;
}

/** A product as a source knows it. What is null is not known there and changes nothing here. */
export interface PulledProduct {
  sku: string;
  name: string | null;
  brand: string | null;
  barcode: string | null;
  /** Exact decimal text. */
  price: string | null;
  /** ISO 4217. */
  currency: string | null;
  /** Content of THC as the source says it: `18.5%`, `10 mg`. Left out: as null. */
  thc?: string | null;
  batchNumber?: string | null;
  /** Address of the certificate of analysis. */
  coaLink?: string | null;
}

/** The stock of one SKU at one place. */
export interface PulledStock extends PulledProduct {
  /** Empty where the source has one place only. */
  location: string;
  onHand: number;
  reserved: number;
  available: number;
}

/** A row that could not be taken; the others are. */
export interface RowProblem {
  /** From 1, the header included, for files; else the record's position. */
  line: number;
  column: string;
  /** As found, cut to 200 characters. */
  value: string;
  /** What it should have been, e.g. `a whole number`. */
  rule: string;
  /**
   * Of products and stock: whose row it is, which is therefore not gone; empty where it says that it has none. Left out or
   * null where that could not be read: any SKU that the list lacks may then be meant, so that the run removes nothing.
   */
  sku?: string | null;
  /** Of listed records: the upstream's id, so that it is not missing there; left out or null where that could not be read. */
  externalId?: string | null;
}

/** Some rows of a source, in its order: as many as it answers at once, at most some thousands. */
export interface PulledPage<Row> {
  rows: Row[];
  problems?: RowProblem[];
  /** What the row of a place in `rows` was made of, as it was received; field mappings read it. Left out: the row itself. */
  source?(index: number): unknown;
  /** Its line, as {@link RowProblem} has it; left out: its place among all rows. */
  line?(index: number): number;
}

/** An order that a source has, as much as is needed to make it here. Amounts are exact decimal text, times ISO 8601 UTC. */
export interface InboundOrder {
  number: string;
  currency: string;
  placedAt: string | null;
  customer: { reference: string | null; name: string | null; email: string | null; phone: string | null } | null;
  /** `total` null: quantity × unit price. */
  lines: { sku: string; name: string | null; quantity: number; unitPrice: string; total: string | null }[];
  /** What is null follows from the lines. */
  totals: {
    subtotal: string | null;
    tax: string | null;
    shipping: string | null;
    discount: string | null;
    grandTotal: string | null;
  } | null;
  shippingAddress: AddressSnapshot | null;
  billingAddress: AddressSnapshot | null;
  deliveryMethod: string | null;
  /** Left out: none. */
  notes?: string | null;
  /** What its systems keep with it beside all this; left out: nothing. */
  metadata?: Record<string, unknown> | null;
}
