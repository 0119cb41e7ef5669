import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { withOutsideConnectors } from '../../src/connectors/outside-connectors.js';
import { connectors } from '../../src/connectors/registry.js';
import { PORTAL_KEY, startTestHub, type TestHub } from '../harness/hub.js';
import { createOrder, idOf, mutate, orderInput, settled } from './order-client.js';

/** As an engineer outside this repository writes one: plain JavaScript, nothing imported. */
const ACME = `
export function createConnector({ z, exactNumber, deliverSafely, readAnswer, policySettings, policyOf, baseUrlSetting, noFieldMappings }) {
  const Created = z.object({ id: z.string() });
  return {
    name: 'acme',
    title: 'Acme Books',
    sends: ['ORDER'],
    honoursIdempotencyKeys: true,
    credentials: z.strictObject({ apiKey: z.string().min(1) }),
    settings: z.strictObject({ baseUrl: baseUrlSetting, ...policySettings }),
    policy: policyOf,
    connect({ credentials, settings, mappings = noFieldMappings }, http) {
      const send = (method, path, body, key) => http.send({
        method, url: settings.baseUrl + path, timeoutMs: settings.timeout, body: body && JSON.stringify(body),
        headers: { 'content-type': 'application/json', 'x-api-key': credentials.apiKey, 'x-merchant-id': 'acme',
          ...(key && { 'idempotency-key': key }) },
      });
      return {
        deliver: (effect) => deliverSafely(async () => {
          const order = effect.snapshot;
          const own = { erp_order_id: order.id, order_number: 'ACME-' + order.number, status: 'PENDING', currency: order.currency,
            items: order.lines.map(({ sku, quantity, unitPrice, total }, index) => ({ line_number: index + 1, sku, quantity,
              unit_price: exactNumber(unitPrice), line_total: exactNumber(total) })),
            subtotal: exactNumber(order.totals.subtotal), tax_amount: 0, shipping_amount: 0, discount_amount: 0,
            total_amount: exactNumber(order.totals.grandTotal) };
          const body = await mappings.outbound('ORDER', order, own);
          const { id } = readAnswer(await send('POST', '/orders', body, effect.idempotencyKey), Created);
          return { kind: 'delivered', externalId: id, externalNumber: null };
        }),
        checkHealth: async () => void readAnswer(await send('GET', '/health'), z.unknown()),
      };
    },
  };
}`;

/** The same for a system that takes orders once they are invoiced. */
const LEDGER = ACME.replace("'acme',", "'ledger', holdInvoicedOrders: () => null,").replace("'Acme Books'", "'Ledger'");

let folder: string;
let hub: TestHub;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'syncline-connector-'));
  const packages = [write('acme', ACME), write('ledger', LEDGER)].join(',');
  hub = await startTestHub({ env: { CONNECTORS: packages } });
});
afterAll(async () => {
  await hub.stop();
  rmSync(folder, { recursive: true });
});

/** A package in a folder of its own; answers the path of its module. */
function write(name: string, source: string): string {
  const path = join(folder, name);
  mkdirSync(path);
  writeFileSync(join(path, 'package.json'), JSON.stringify({ name, type: 'module', exports: './index.js' }));
  writeFileSync(join(path, 'index.js'), source);
  return join(path, 'index.js');
}

it('G9 sends orders through a connector from outside the repository, found in the schema like any other', async () => {
  const LISTED = '{ connectors { name title sends settingsSchema credentialsSchema } }';
  const { connectors: listed } = await hub.admin.ask<{ connectors: { name: string }[] }>(LISTED);
  await idOf(
    mutate(hub.admin, 'createIntegration', 'CreateIntegrationInput', 'integration', {
      ...{ merchantId: 'acme-shop', name: 'Books', connector: 'acme', mode: 'WEBHOOK' },
      credentials: { apiKey: PORTAL_KEY },
      settings: { baseUrl: hub.portal.url },
    }),
  );
  const order = orderInput({ merchantId: 'acme-shop' });
  const id = await idOf(createOrder(hub.admin, order));

  const { links } = await settled(hub.admin, 'order', id, 'SYNCED');

  const { orders = [] } = await hub.portal.control.state();
  expect(listed).toContainEqual(
    expect.objectContaining({
      ...{ name: 'acme', title: 'Acme Books', sends: ['ORDER'] },
      credentialsSchema: expect.objectContaining({
        properties: { apiKey: expect.objectContaining({ writeOnly: true, format: 'password' }) },
      }),
    }),
  );
  expect(orders).toContainEqual(
    expect.objectContaining({ id: links[0]?.externalId, order_number: `ACME-${order.number}` }),
  );
});

it('G9 S1 N1 holds orders for a package that takes invoiced ones, and says so in the order’s blockers', async () => {
  await idOf(
    mutate(hub.admin, 'createIntegration', 'CreateIntegrationInput', 'integration', {
      ...{ merchantId: 'ledger-shop', name: 'Ledger', connector: 'ledger', mode: 'WEBHOOK' },
      credentials: { apiKey: PORTAL_KEY },
      settings: { baseUrl: hub.portal.url },
    }),
  );
  const id = await idOf(createOrder(hub.admin, orderInput({ merchantId: 'ledger-shop' })));
  const BLOCKERS = 'query ($id: ID) { order(id: $id) { blockers { code message mutation variables } } }';
  interface Blocked {
    order: { blockers: { code: string; message: string; mutation: string; variables: { input: object } }[] };
  }
  const { order } = await hub.admin.ask<Blocked>(BLOCKERS, { id });

  const [blocker] = order.blockers;
  await idOf(
    mutate(hub.admin, 'createInvoice', 'CreateInvoiceInput', 'invoice', blocker?.variables.input ?? { orderId: id }),
  );
  await settled(hub.admin, 'order', id, 'SYNCED');

  expect(order.blockers).toMatchObject([
    {
      code: 'WAITING_FOR_INVOICE',
      message: 'Ledger is sent orders once they are invoiced, and this one has no invoice.',
      mutation: 'createInvoice',
    },
  ]);
  expect((await hub.admin.ask<Blocked>(BLOCKERS, { id })).order.blockers).toEqual([]);
});

it.each([
  [
    'nothing there',
    '@acme/not-installed',
    /CONNECTORS names @acme\/not-installed, but it cannot be loaded.*Install it/,
  ],
  ['no function', 'export const connector = {};', /it exports no function createConnector/],
  [
    'another version of the interface',
    `export const connectorApi = 7; ${ACME}`,
    /it is made for version 7 of the connector interface, and this hub has version 1: install/,
  ],
  ['a function that fails', 'export function createConnector() { throw new Error("oh no"); }', /fails: oh no/],
  [
    'another shape',
    'export const createConnector = () => ({ name: "X y", title: "X" });',
    /name: must be kebab-case; sends: .*connect: must be/,
  ],
  ['a name that is taken', ACME.replace("'acme'", "'b2b-portal'"), /there is a connector b2b-portal already/],
])('G9 refuses a package with %s, and says which and why', async (what, source, reason) => {
  const specifier = source.startsWith('@') ? source : write(what.replaceAll(' ', '-'), source);

  await expect(withOutsideConnectors(connectors, [specifier])).rejects.toThrow(reason);
});

it('G9 G18 refuses a schedule where the connector has nothing that can be read, naming the field', async () => {
  const input = {
    ...{ merchantId: 'merchant-1', name: 'Acme by the clock', connector: 'acme', mode: 'POLLING' },
    credentials: { apiKey: PORTAL_KEY },
    settings: { baseUrl: hub.portal.url, schedule: '*/5 * * * *' },
  };

  const created = await mutate(hub.admin, 'createIntegration', 'CreateIntegrationInput', 'integration', input);
  const { schedule: _, ...without } = input.settings;
  const made = await mutate(hub.admin, 'createIntegration', 'CreateIntegrationInput', 'integration', {
    ...input,
    settings: without,
    enabled: false,
  });
  const updated = await mutate(hub.admin, 'updateIntegration', 'UpdateIntegrationInput', 'integration', {
    id: made.id,
    settings: { schedule: '*/5 * * * *' },
  });

  for (const refused of [created, updated])
    expect(refused).toMatchObject({
      id: null,
      userErrors: [
        {
          code: 'BAD_USER_INPUT',
          path: ['input', 'settings', 'schedule'],
          message: expect.stringContaining('Acme Books'),
        },
      ],
    });
  expect(made.userErrors).toEqual([]);
});
