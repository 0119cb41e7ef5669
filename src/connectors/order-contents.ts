/** The parts of an order that a system may tell the hub, by their path; `metadata.<name>` and `customer.id` beside them. */
export const ORDER_CONTENTS = [
  ...['placedAt', 'deliveryMethod', 'notes'],
  ...['reference', 'name', 'email', 'phone'].map((field) => `customer.${field}`),
  ...['subtotal', 'tax', 'shipping', 'discount', 'grandTotal'].map((field) => `totals.${field}`),
  ...['shippingAddress', 'billingAddress'].flatMap((address) =>
    ['name', 'company', 'line1', 'line2', 'city', 'region', 'postalCode', 'country', 'phone'].map(
      (part) => `${address}.${part}`,
    ),
  ),
];

/**
 * Parts of an order that take the place of those that are known, by their path: `notes`, `customer.email`,
 * `shippingAddress.city`, `totals.tax`, `metadata.delivery_zone`. Amounts are exact decimal text, times ISO 8601 in UTC; `metadata`
 * holds any JSON, everything else text. `customer.id` is the hub's customer for an order that has none, or another one.
 */
export type OrderContents = Readonly<Record<string, unknown>>;

/** What a system keeps with an order, as parts of it; undefined: nothing. `without`: names that are told otherwise. */
export function metadataContents(
  metadata: Readonly<Record<string, unknown>> | null | undefined,
  without: readonly string[] = [],
): OrderContents | undefined {
  const told = Object.entries(metadata ?? {}).filter(([name, value]) => value != null && !without.includes(name));
  return told.length > 0 ? Object.fromEntries(told.map(([name, value]) => [`metadata.${name}`, value])) : undefined;
}
