import type { Systems } from './open-systems.js';
import { externalIdAt, type JourneyOrder, mutate, type Step, until, untilStatus } from './steps.js';

/** Takes the order in the hub, as a shop's integration would. */
export async function place(systems: Systems): Promise<JourneyOrder> {
  const number = 'N-1001';
  const { order } = await mutate<{ order: { id: string }; userErrors: { message: string }[] }>(
    systems,
    'createOrder(input: $input)',
    'order { id }',
    ['CreateOrderInput', { ...ORDER, number, merchantId: systems.merchantId }],
  );
  return { id: order.id, number };
}

const ORDER = {
  currency: 'TRY',
  customer: { reference: 'C-77', name: 'Ayşe Yılmaz', email: 'ayse@example.com' },
  lines: [
    { sku: 'CBD-OIL-10', name: 'Yağ 10 ml', quantity: 2, unitPrice: '29.90' },
    { sku: 'TEA-15', name: 'Bitki çayı', quantity: 1, unitPrice: '7.25' },
  ],
  shippingAddress: { name: 'Ayşe Yılmaz', line1: 'İstiklal Cd. 5', city: 'İstanbul', country: 'TR' },
};

export const toBePlaced: Step = {
  title: 'Placed: the portal, both ERPs and a file have it',
  async run(systems, order) {
    const [portal, logo, slip] = await Promise.all(
      ['b2b-portal', 'logo', 'netsis'].map((system) => externalIdAt(systems, order, system)),
    );
    const file = await until('the old shop has collected the file', async () => {
      const state = await systems.simulators.get('csv')?.control.state();
      return state?.['orders']?.find((row) => row['order number'] === order.number)?.['file'];
    });
    return `portal ${portal}\nLogo ${logo}, Netsis ${slip}\n${file}`;
  },
};

export const toBePaid: Step = {
  title: 'Paid at Stripe, exported to the warehouse',
  async run(systems, order) {
    await pay(systems, order);
    await untilStatus(systems, order, 'EXPORTED');
    const warehouse = await externalIdAt(systems, order, 'extensiv');
    const { payouts } = await until('the payouts are there', () => readPayouts(systems, order));
    return `warehouse ${warehouse}, ${payouts.map(({ recipient, amount }) => `${recipient} ${amount}`).join(', ')}`;
  },
};

/** The shop takes the payment at Stripe, as its checkout would; Stripe tells the hub. */
async function pay({ simulators }: Systems, { id }: JourneyOrder): Promise<void> {
  const body = new URLSearchParams({ amount: '6705', currency: 'try', 'metadata[order_id]': id });
  const answer = await fetch(`${simulators.get('stripe')?.url}/v1/payment_intents`, { method: 'POST', body });
  if (!answer.ok) throw new Error(`The payment failed: ${await answer.text()}`);
}

interface Payouts {
  payouts: { recipient: string; amount: string }[];
}

async function readPayouts({ user }: Systems, { id }: JourneyOrder): Promise<Payouts | null> {
  const query = 'query ($id: ID!) { order(id: $id) { payouts { recipient amount } } }';
  const { order } = await user.ask<{ order: Payouts }>(query, { id });
  return order.payouts.length > 0 ? order : null;
}

export const toBeInvoiced: Step = {
  title: 'Invoiced: portal, shop ERP and billing have it',
  async run(systems, order) {
    const { invoice } = await mutate<{ invoice: { id: string }; userErrors: { message: string }[] }>(
      systems,
      'createInvoice(input: $input)',
      'invoice { id }',
      ['CreateInvoiceInput', { orderId: order.id, number: `I-${order.number}` }],
    );
    const known = await until('the invoice is at three systems', async () => {
      const links = await readInvoiceLinks(systems, invoice.id);
      return links.length >= 2 && links.every(({ state }) => state === 'SYNCED') && links;
    });
    const erp = await externalIdAt(systems, order, 'escooter');
    return `${known.map(({ integration }) => integration.connector).join(', ')}; Escooter ${erp}`;
  },
};

interface InvoiceLink {
  state: string;
  integration: { connector: string };
}

async function readInvoiceLinks({ user }: Systems, id: string): Promise<InvoiceLink[]> {
  const query = 'query ($id: ID!) { invoice(id: $id) { links { state integration { connector } } } }';
  const { invoice } = await user.ask<{ invoice: { links: InvoiceLink[] } }>(query, { id });
  return invoice.links;
}
