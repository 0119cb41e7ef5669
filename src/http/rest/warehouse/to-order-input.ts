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
  const order = toOrderChange(body);
  const { status } = order;
  return {
    currency: CURRENCY,
    ...toldBeside(order, body['metadata']),
    ...order,
    ...(typeof status === 'string' && { status: status.toUpperCase() }),
  };
}

/** The same of what is given of an order alone, as an `UpdateOrderInput` without its id. */
export function toOrderChange(body: Fields): Fields {
  const order = renamed(body, ORDER);
  const { lines, customer, billingAddress } = order;
  return {
    ...order,
    ...(Array.isArray(lines) && { lines: lines.map(toLine) }),
    ...(isFields(customer) && { customer: withoutCompany(customer) }),
    ...shippedTo(order),
    ...(isFields(billingAddress) && { billingAddress: renamed(billingAddress, ADDRESS) }),
  };
}

/** What the documents' `metadata` says of the order itself. It is kept as a whole, too. */
function toldBeside({ totals }: Fields, metadata: unknown): Fields {
  if (!isFields(metadata)) return {};
  const { total_amount: total, payment_status: payment } = metadata;
  return {
    ...(total != null && totals == null && { totals: { grandTotal: toAmount(total) } }),
    ...(payment === 'paid' && { status: 'PAID' }),
  };
}

function withoutCompany({ companyName: _, ...customer }: Fields): Fields {
  return customer;
}

/** A company stands in an address; the documents have it beside the customer's name. */
function shippedTo({ shippingAddress, customer }: Fields): Fields {
  if (!isFields(shippingAddress)) return {};
  const company = isFields(customer) ? customer['companyName'] : undefined;
  return { shippingAddress: { ...(company != null && { company }), ...renamed(shippingAddress, ADDRESS) } };
}

const toAmount = (value: unknown) => (typeof value === 'number' ? String(value) : value);

/** Prices given as JSON numbers are taken as they are printed. */
function toLine(line: unknown): unknown {
  if (!isFields(line)) return line;
  const { unitPrice, ...rest } = renamed(line, LINE);
  if (unitPrice === undefined) return rest;
  return { ...rest, unitPrice: toAmount(unitPrice) };
}

function renamed(fields: Fields, names: Fields): Fields {
  const told = Object.entries(fields).map(([name, value]) => [names[name] ?? name, value] as const);
  return Object.fromEntries(
    [...told.filter(([name]) => !(String(name) in fields)), ...Object.entries(fields)].filter(
      ([name]) => !(String(name) in names),
    ),
  );
}
