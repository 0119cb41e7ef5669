import { z } from 'zod';
import { decimalText } from '../text/exact-json.js';
import { isObject } from '../upstream/answer-shapes.js';

const Id = z
  .union([z.string().min(1).max(255), z.int()], { error: 'must be text of 1 to 255 characters' })
  .transform(String);
const Text = z.union([z.string(), z.number()]).transform(String).nullish();

const Instant = z.iso
  .datetime({ offset: true, error: 'must be an ISO 8601 time with its zone' })
  .transform((text) => new Date(text).toISOString());

const Quantity = z
  .union([z.number(), z.string()], { error: 'must be a whole number' })
  .transform(Number)
  .pipe(z.int('must be a whole number'));

const Amount = z.union([z.number(), z.string()]).nullish();

const Price = z.union([z.number(), z.string()], { error: 'must be a decimal' }).transform((value, context) => {
  const decimal = decimalText(value);
  if (decimal !== null) return decimal;
  context.addIssue({ code: 'custom', message: 'must be a decimal' });
  return z.NEVER;
});

/** A product under whichever of its documented names. */
const productFields = {
  sku: Id,
  product_name: Text,
  name: Text,
  brand: Text,
  manufacturer: Text,
  barcode: Text,
  price: Price.nullish(),
  unit_price: Price.nullish(),
  thc_content: Text,
  thc_mg: Text,
  batch_number: Text,
  lot_number: Text,
  coa_url: Text,
  certificate_url: Text,
};
export const ProductRow = z.object(productFields);
export type ProductRow = z.infer<typeof ProductRow>;

export const StockRow = z.object({
  ...productFields,
  quantity_available: Quantity,
  quantity_on_hand: Quantity.nullish(),
  quantity_reserved: Quantity.nullish(),
  warehouse: Text,
});
export type StockRow = z.infer<typeof StockRow>;

/** Whose a row of a list is, whatever else is wrong with it; null: that cannot be read. */
export function skuOf(row: unknown): string | null {
  const parsed = Id.safeParse(isObject(row) ? row['sku'] : undefined);
  return parsed.success ? parsed.data : null;
}

/** Which record a row is, whatever else is wrong with it; null: that cannot be read. */
export function recordIdOf(row: unknown): string | null {
  const parsed = Id.safeParse(isObject(row) ? (row['id'] ?? row['order_id']) : undefined);
  return parsed.success ? parsed.data : null;
}

const LISTS = ['data', 'items', 'inventory', 'products', 'orders', 'results'];

/** A list, bare or below one of the usual names; `next` where the answer names the place to go on from. */
export const ListAnswer = z.preprocess(
  (body) => {
    if (Array.isArray(body)) return { rows: body };
    if (!isObject(body)) return body;
    const name = LISTS.find((candidate) => Array.isArray(body[candidate]));
    return { rows: name && body[name], next: body['next_cursor'] };
  },
  z.object({ rows: z.array(z.unknown(), 'must hold a list'), next: z.string().nullish() }),
);
export type ListAnswer = z.infer<typeof ListAnswer>;

const orderAnswer = <T extends z.ZodType>(shape: T) =>
  z.preprocess((body) => {
    const inner = isObject(body) ? (body['data'] ?? body['order']) : undefined;
    return isObject(inner) ? inner : body;
  }, shape);

const withId = z.object({ id: Id.optional(), order_id: Id.optional(), order_number: Id.nullish() });
const idOf = <T extends z.infer<typeof withId>>(order: T) => ({ ...order, id: order.id ?? order.order_id ?? '' });
const hasId = ({ id }: { id: string }) => id !== '';

export const CreatedOrder = orderAnswer(withId.transform(idOf).refine(hasId, 'must have an id'));

/** What an order says of itself that is compared; each only where it is told. */
const orderContent = {
  customer: z.looseObject({ name: Text, email: Text, phone: Text }).nullish(),
  line_items: z.array(z.object({ sku: Id, quantity: Amount, price: Amount })).nullish(),
};
const metadata = z.looseObject({ portal_order_id: Id.nullish(), total_amount: Amount });
export const OrderContent = z.object({ order_number: Id.nullish(), metadata: metadata.nullish(), ...orderContent });
export type OrderContent = z.infer<typeof OrderContent>;

/** One that the hub may have made, whatever else it says. */
export const OwnOrder = withId
  .extend({
    metadata: z
      .looseObject({ portal_order_id: Id.nullish().catch(null) })
      .nullish()
      .catch(null),
  })
  .transform(idOf)
  .refine(hasId, 'must have an id');
export type OwnOrder = z.infer<typeof OwnOrder>;

export const ReadOrder = orderAnswer(
  withId
    .extend({
      ...orderContent,
      status: z.string().min(1).max(100),
      updated_at: Instant.nullish(),
      tracking_number: z.string().max(255).nullish(),
      tracking_numbers: z.array(z.string().max(255)).max(1000).nullish(),
      metadata: metadata.nullish(),
    })
    .transform(idOf),
);
export type ReadOrder = z.infer<typeof ReadOrder>;
