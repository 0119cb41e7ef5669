import { z } from 'zod';
import { Amount, Code, Text } from '../erp/wire.js';
import { decimalText } from '../text/exact-json.js';
import { readDecimal } from '../text/local-decimals.js';

/** Exact decimal text; `1.234,56` is taken too, as a server prints it whose language is Turkish. */
export function amountText(value: number | string | null | undefined): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'number') return decimalText(value);
  return decimalText(value.trim()) ?? readDecimal(value, ',');
}

/** A refusal: `ModelState` holds what the program would have shown to its user. */
export const Refusal = z.object({
  Message: z.string().nullish(),
  ModelState: z.record(z.string(), z.union([z.string(), z.array(z.string())])).nullish(),
});

/** A page of a list. */
export const pageOf = <Row extends z.ZodType>(row: Row) => z.object({ items: z.array(row).nullish() });

/** A number, printed as text by some versions. */
const Reference = z.coerce.number().pipe(z.int().positive());

const Count = z.coerce.number().pipe(z.int());

/** A line; TYPE 0 is goods. `PC_PRICE`: in the currency `CURR_PRICE`. */
const OrderLine = z.object({
  TYPE: Count.nullish(),
  MASTER_CODE: Code.nullish(),
  QUANTITY: Amount,
  PRICE: Amount,
  PC_PRICE: Amount,
  CURR_PRICE: Count.nullish(),
});
export type OrderLine = z.infer<typeof OrderLine>;

/** What of an order is compared; told whole only where that is asked for. */
export const OrderContent = z.object({
  /** The order's number as its customer knows it, and its status in the hub when it was sent last. */
  CUST_ORD_NO: Text,
  NOTES1: Text,
  ORDER_STATUS: Count.nullish(),
  ARP_CODE: Code.nullish(),
  CURR_TRANSACTIN: Count.nullish(),
  TRANSACTIONS: z.object({ items: z.array(OrderLine).nullish() }).nullish(),
});
export type OrderContent = z.infer<typeof OrderContent>;

/** An order, as much of it as the hub asks for. */
export const SalesOrder = OrderContent.extend({
  INTERNAL_REFERENCE: Reference,
  NUMBER: Text,
  DOC_NUMBER: Text,
  DOC_TRACKING_NR: Text,
});
export type SalesOrder = z.infer<typeof SalesOrder>;

/** How far an order has come, by the hub's own query: what of it was shipped, and how many lines still are to be. */
export const StateRow = z.object({
  REFERENCE: Reference,
  CUSTORDNO: Text,
  GENEXP1: Text,
  STATUS: Count,
  CANCELLED: Count.nullish(),
  SHIPPED: Amount,
  OPENLINES: Count,
});
export type StateRow = z.infer<typeof StateRow>;

/** The answer to a write. */
export const Written = z.object({ INTERNAL_REFERENCE: Reference, NUMBER: Text });
export type Written = z.infer<typeof Written>;

export const Arp = z.object({ CODE: Code });

/** What field mappings name is read from what is kept beside the shape. */
export const Item = z.looseObject({ CODE: Code, NAME: Text });
export type Item = z.infer<typeof Item>;

/** Rows of the hub's own queries. */
export const PriceRow = z.object({ CODE: Code, PRICE: Amount, CURRENCY: z.coerce.number().pipe(z.int()).nullish() });
export type PriceRow = z.infer<typeof PriceRow>;
export const StockRow = z.object({ CODE: Code, NAME: Text, ONHAND: Amount, RESERVED: Amount });
export type StockRow = z.infer<typeof StockRow>;
