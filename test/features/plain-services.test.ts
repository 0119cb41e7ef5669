import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { startServer } from '../connectors/local-server.js';
import { eventually } from '../harness/eventually.js';
import { MERCHANT, startTestHub, type TestHub } from '../harness/hub.js';
import { createOrder, idOf, moveOrder, orderInput } from './order-client.js';

interface Service {
  url: string;
  stop(): void;
  /** What was posted as an order. */
  orders: Record<string, unknown>[];
  /** `Authorization` of the sign-ins. */
  signIns: (string | undefined)[];
}

/** The answers of a service that has nothing but the given addresses. */
type Addresses = Record<string, (body: string, service: Service) => object | undefined>;

/** Signs anybody in; breaks off the answer to the first order, after its effect. */
async function startService(tokenPath: string, orderPath: string, addresses: Addresses): Promise<Service> {
  const service: Service = { url: '', stop: () => {}, orders: [], signIns: [] };
  const respond = (request: IncomingMessage, body: string, response: ServerResponse) => {
    const address = `${request.method} ${request.url?.split('?')[0]}`;
    if (address === `POST ${tokenPath}`) {
      service.signIns.push(request.headers.authorization);
      return response.end('{"access_token":"t1","token_type":"bearer","expires_in":"1199"}');
    }
    if (request.headers.authorization !== 'Bearer t1') return response.writeHead(401).end();
    const take = addresses[address];
    if (!take) return response.writeHead(404).end('{"Message":"Nothing here"}');
    const answer = take(body, service);
    if (address === `POST ${orderPath}` && service.orders.length === 1) return request.socket.destroy();
    return answer ? response.end(JSON.stringify(answer)) : response.writeHead(204).end();
  };
  const { url, stop } = await startServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => respond(request, Buffer.concat(parts).toString(), response));
  });
  return Object.assign(service, { url, stop });
}

const startLogo = () =>
  startService('/api/v1/token', '/api/v1/salesOrders', {
    // The same page whatever the offset, references as text, no accounts, no queries.
    'GET /api/v1/items': () => ({ items: [{ INTERNAL_REFERENCE: '1', CODE: 'A-1', NAME: 'Çivi' }] }),
    'GET /api/v1/salesOrders': (_body, { orders }) => ({ items: orders }),
    'POST /api/v1/salesOrders': (body, { orders }) => {
      const order = { ...JSON.parse(body), INTERNAL_REFERENCE: String(101 + orders.length), NUMBER: 'N1' };
      orders.push(order);
      return order;
    },
    'GET /api/v1/salesOrders/101': (_body, { orders }) => orders[0],
    'PUT /api/v1/salesOrders/101': (body, { orders }) => void orders.splice(0, 1, JSON.parse(body)),
  });

const startNetsis = () =>
  startService('/api/v2/token', '/api/v2/ItemSlips', {
    'GET /api/v2/Items': () => ({ IsSuccessful: true, TotalCount: '1', Data: [CARD] }),
    'GET /api/v2/ItemSlips': (_body, { orders }) => ({ IsSuccessful: true, Data: orders }),
    'POST /api/v2/ItemSlips': (body, { orders }) => {
      if (body.includes('UNKNOWN')) return { IsSuccessful: false, ErrorCode: 'E7', ErrorDesc: 'Stok kartı bulunamadı' };
      orders.push(JSON.parse(body));
      return { IsSuccessful: true };
    },
  });
const CARD = { StokTemelBilgi: { Stok_Kodu: 'N-1', Stok_Adi: 'Vida', Miktar: '5,0', Satis_Fiat1: '12,50' } };

let hub: TestHub;
let logo: Service;
let netsis: Service;
beforeAll(async () => {
  [logo, netsis] = await Promise.all([startLogo(), startNetsis()]);
  hub = await startTestHub();
}, 60_000);
afterAll(async () => {
  await hub?.stop();
  for (const service of [logo, netsis]) service?.stop();
});

/** As the document has it. */
const documented = (url: string, more: object = {}) => ({
  merchantId: 'merchant-123',
  name: 'Main Store Logo ERP',
  type: 'hybrid',
  connector: 'logo',
  credentials: {
    endpoint: `${url}/api`,
    username: 'integration_user',
    password: 'secure_password',
    apiKey: 'logo_api_key_123',
  },
  settings: { syncInterval: 300000, warehouseCode: 'MAIN', priceListCode: 'RETAIL' },
  ...more,
});

async function create(body: object): Promise<{ id: string; settings: object }> {
  const { status, body: answer } = await hub.admin.rest('POST', '/api/integrations', body);
  expect({ status, answer }).toMatchObject({ status: 201, answer: { success: true } });
  return (answer as { data: { id: string; settings: object } }).data;
}

async function sync(id: string, type: string): Promise<void> {
  const { body } = await hub.admin.rest('POST', `/api/integrations/${id}/sync`, { type });
  const { syncEventId } = (body as { data: { syncEventId: string } }).data;
  await eventually(
    () =>
      hub.admin.ask<{ syncEvent: { status: string } }>('query ($id: ID!) { syncEvent(id: $id) { status } }', {
        id: syncEventId,
      }),
    ({ syncEvent }) => syncEvent.status === 'SUCCESS',
  );
}

const product = async (sku: string) =>
  (await hub.admin.ask<{ product: object }>('query ($sku: String!) { product(sku: $sku) { name price } }', { sku }))
    .product;

const LINKS = 'query ($id: ID!) { order(id: $id) { syncEvents { nodes { status attemptCount errorMessage } } } }';
interface Shown {
  order: { syncEvents: { nodes: { status: string; attemptCount: number; errorMessage: string | null }[] } };
}
const CUSTOMER = { name: 'Ali', reference: 'C1' };

/** Until this many syncs of the order have ended well. */
const synced = (id: string, syncs: number) =>
  eventually(
    () => hub.admin.ask<Shown>(LINKS, { id }),
    ({ order }) => order.syncEvents.nodes.filter(({ status }) => status === 'SUCCESS').length === syncs,
  );

async function send(merchantId: string): Promise<string> {
  const id = await idOf(createOrder(hub.admin, orderInput({ merchantId, customer: CUSTOMER })));
  await synced(id, 1);
  return id;
}

it('G1 G7 takes the documented body, and a Logo service of items and orders alone; a lost answer makes no second order', async () => {
  const { id, settings } = await create(documented(logo.url));
  await sync(id, 'products');
  const order = await send('merchant-123');
  await idOf(moveOrder(hub.admin, { id: order, status: 'CONFIRMED' }));
  await synced(order, 2);

  expect(settings).toMatchObject({ baseUrl: `${logo.url}/api`, syncInterval: 300000, warehouseCode: 'MAIN' });
  expect(logo.signIns).toContain('Basic logo_api_key_123');
  expect(await product('A-1')).toEqual({ name: 'Çivi', price: null });
  expect(logo.orders).toMatchObject([{ NOTES1: 'CONFIRMED' }]);
});

it('G1 G8 takes the address as endpoint, and a Netsis service of items and orders alone', async () => {
  const { endpoint, ...credentials } = documented(netsis.url).credentials;
  const own = { endpoint, username: credentials.username, password: credentials.password };
  const { id } = await create(
    documented(netsis.url, {
      ...{ merchantId: 'merchant-n', connector: 'netsis', credentials: own },
      settings: { database: 'DB', currencyNumbers: { EUR: 2 } },
    }),
  );
  await sync(id, 'products');
  await send('merchant-n');

  const [first] = netsis.orders;
  await send('merchant-n');
  const lines = [{ sku: 'UNKNOWN', quantity: 1, unitPrice: '1.00' }];
  const refused = await idOf(
    createOrder(hub.admin, orderInput({ merchantId: 'merchant-n', lines, customer: CUSTOMER })),
  );
  const { order } = await eventually(
    () => hub.admin.ask<Shown>(LINKS, { id: refused }),
    ({ order }) => order.syncEvents.nodes[0]?.status === 'FAILED',
  );

  expect(await product('N-1')).toEqual({ name: 'Vida', price: '12.50' });
  expect(netsis.orders).toEqual([first, expect.anything()]);
  expect(order.syncEvents.nodes[0]).toMatchObject({ attemptCount: 1, errorMessage: expect.stringContaining('E7') });
});

it('G1 an integration moves to another endpoint, and tells what credentials lack', async () => {
  const { id } = await create(documented(logo.url, { merchantId: 'merchant-move' }));
  const moved = await hub.admin.rest('PUT', `/api/integrations/${id}`, {
    credentials: { endpoint: 'http://127.0.0.1:9/api/v1' },
  });
  const bare = await hub.admin.rest(
    'POST',
    '/api/integrations',
    documented(logo.url, { credentials: { endpoint: logo.url, username: 'u', password: 'p' } }),
  );

  expect(moved).toMatchObject({ status: 200, body: { data: { settings: { baseUrl: 'http://127.0.0.1:9/api/v1' } } } });
  expect(bare).toMatchObject({ status: 400, body: { field: 'credentials.clientId' } });
});

it('E14 takes an order in the words of the portal, and answers 400 with the field to a wrong one', async () => {
  const post = (body: object) => hub.admin.rest('POST', '/api/v1/orders', body);
  const whole = {
    order_number: 'VL-1001',
    customer: CUSTOMER,
    line_items: [{ sku: 'OIL-1', quantity: 2, price: 19.9, description: 'Oil' }],
    shipping_address: { street1: 'Main 1', city: 'Town', state: 'CA', zip: '00123', country: 'US' },
    delivery_method: 'pickup',
  };

  const taken = await post({ ...whole, merchantId: MERCHANT });
  const wrong = [
    await post({}),
    await post({ ...whole, order_number: 'VL-1002', line_items: [{ sku: 'OIL-1', quantity: 'two', price: 1 }] }),
    await post({ ...whole, order_number: 'VL-1003', line_items: [{ sku: 'OIL-1', quantity: 1 }] }),
    await post({ ...whole, order_number: 'VL-1004', nonsense: 1 }),
  ];

  expect(taken).toMatchObject({
    body: {
      data: {
        ...{ number: 'VL-1001', currency: 'USD', deliveryMethod: 'pickup', totals: { grandTotal: '39.8' } },
        lines: [{ sku: 'OIL-1', name: 'Oil', quantity: 2, unitPrice: '19.9' }],
      },
    },
  });
  expect(wrong.map(({ status }) => status)).toEqual([400, 400, 400, 400]);
  expect(wrong.map(({ body }) => (body as { field?: string }).field)).toEqual([
    expect.stringMatching(/^(number|lines)$/),
    'lines.0.quantity',
    'lines.0.unitPrice',
    'nonsense',
  ]);
});
