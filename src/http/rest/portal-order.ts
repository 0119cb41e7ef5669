type Fields = Record<string, unknown>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const ORDER: Fields = {
  ...{ order_number: 'number', orderNumber: 'number', order_date: 'placedAt', line_items: 'lines', items: 'lines' },
  ...{ delivery_method: 'deliveryMethod', shipping_address: 'shippingAddress', billing_address: 'billingAddress' },
};
const LINE: Fields = { price: 'unitPrice', unit_price: 'unitPrice', description: 'name' };
const ADDRESS: Fields = {
  ...{ street1: 'line1', street: 'line1', street2: 'line2', state: 'region' },
  ...{ zip: 'postalCode', postal_code: 'postalCode' },
};
/** The portal's documents name no currency. */
const CURRENCY = 'USD';

/** An order in the words of the portal's documents (`line_items`, `price`, `street1`) as a `CreateOrderInput`, whose own words go before. */
export function toOrderInput(body: Fields): Fields {
  return { currency: CURRENCY, ...toOrderChange(body) };
}

/** The same of what is given of an order alone, as an `UpdateOrderInput` without its id. */
export function toOrderChange(body: Fields): Fields {
  const order = renamed(body, ORDER);
  const { lines, shippingAddress, billingAddress } = order;
  return {
    ...order,
    ...(Array.isArray(lines) && { lines: lines.map(toLine) }),
    ...(isFields(shippingAddress) && { shippingAddress: renamed(shippingAddress, ADDRESS) }),
    ...(isFields(billingAddress) && { billingAddress: renamed(billingAddress, ADDRESS) }),
  };
}

/** Prices given as JSON numbers are taken as they are printed. */
function toLine(line: unknown): unknown {
  if (!isFields(line)) return line;
  const { unitPrice, ...rest } = renamed(line, LINE);
  if (unitPrice === undefined) return rest;
  return { ...rest, unitPrice: typeof unitPrice === 'number' ? String(unitPrice) : unitPrice };
}

function renamed(fields: Fields, names: Fields): Fields {
  const told = Object.entries(fields).map(([name, value]) => [names[name] ?? name, value] as const);
  return Object.fromEntries(
    [...told.filter(([name]) => !(String(name) in fields)), ...Object.entries(fields)].filter(
      ([name]) => !(String(name) in names),
    ),
  );
}
