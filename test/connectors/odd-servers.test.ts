import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { b2bPortal } from '../../src/connectors/b2b-portal/index.js';
import type { Connection, Effect } from '../../src/connectors/connector.js';
import { extensiv } from '../../src/connectors/extensiv/index.js';
import { flashErp } from '../../src/connectors/flasherp/index.js';
import { createUpstreamHttp } from '../../src/connectors/upstream/upstream-http.js';
import { startServer } from './local-server.js';
import { invoiceSnapshot, orderSnapshot } from './sample-snapshots.js';

const http = createUpstreamHttp({ httpsOnly: false });
let server: Awaited<ReturnType<typeof startServer>>;
let asked: URL[] = [];
let answer: (url: URL, response: ServerResponse, method?: string) => void = () => {};

beforeAll(async () => {
  server = await startServer((request: IncomingMessage, response) => {
    const url = new URL(request.url ?? '/', 'http://system');
    asked.push(url);
    request.resume().on('end', () => answer(url, response, request.method));
  });
});
afterAll(() => {
  http.close();
  server.stop();
});

const portal = (): Connection => {
  const settings = b2bPortal.settings.parse({ baseUrl: server.url, merchantId: 'm' });
  return b2bPortal.connect({ credentials: { apiKey: 'portal-key' }, settings }, http);
};
const flash = (): Connection => {
  const settings = flashErp.settings.parse({ baseUrl: server.url });
  return flashErp.connect({ credentials: { apiKey: 'key', apiSecret: 'secret' }, settings }, http);
};

function effect(changes: Partial<Effect>): Effect {
  const base = { syncEventId: '1', idempotencyKey: 'k', operation: 'CREATE', entityType: 'ORDER', entityId: 'ord_1' };
  return { ...base, snapshot: orderSnapshot(), externalId: null, attempt: 1, ...changes } as Effect;
}

const invoice = { entityType: 'INVOICE', entityId: 'inv_1', snapshot: invoiceSnapshot() } as const;

const says = (status: number, body: unknown) => {
  answer = (_url, response) => response.writeHead(status).end(JSON.stringify(body));
};

it.each([
  ['an empty number', { id: 'p1', order_number: '' }],
  ['a number of another form', { id: 'p1', order_number: { text: 'PO-1' }, status: 7 }],
  ['no id beside its data', { id: null, success: true, data: { id: 'p1' } }],
])('B1 takes a create that is answered with %s', async (_case, body) => {
  says(201, body);

  const result = await portal().deliver(effect({}));

  expect(result).toEqual({ kind: 'delivered', externalId: 'p1', externalNumber: null });
});

it('B1 takes nothing for done that is answered as failed with status 200, whatever id is beside it', async () => {
  says(200, { success: false, error: 'locked', id: 'request-7' });

  const results = [
    await portal().deliver(effect({})),
    await portal().deliver(effect({ operation: 'UPDATE', externalId: 'p1' })),
    await flash().deliver(effect(invoice)),
    await flash().deliver(effect({ ...invoice, operation: 'UPDATE', externalId: 'f1' })),
  ];

  const failed = { kind: 'retry', code: 'UPSTREAM_BAD_RESPONSE' };
  expect(results).toMatchObject([failed, failed, failed, failed]);
});

it.each([
  ['which', { status: 'CONFIRMED' }],
  ['a time that can be read', { data: { id: 'p1', status: 'CONFIRMED', updated_at: 'yesterday', order_number: '' } }],
])('B26 takes a status that is told without %s', async (_case, body) => {
  says(200, body);

  const read = await portal().readStatus?.('ORDER', 'p1');

  expect(read).toMatchObject({ status: 'CONFIRMED', reference: { externalId: 'p1' }, onlyFrom: expect.anything() });
});

const own = { id: 'p1', erp_order_id: 'ord_1', order_number: 'PO-1', status: 'PENDING' };
const nameless = { id: 'p1', order_number: 'PO-1', status: 'PENDING' };

it.each([
  ['with the hub’s id', 1, own, 'delivered'],
  ['with the hub’s id, under data', 2, { error: 'exists', data: own }, 'delivered'],
  ['with its number, after a lost answer', 2, nameless, 'delivered'],
  ['with its number, at the first call', 1, nameless, 'rejected'],
  ['with its number, of another shop', 2, { ...own, erp_order_id: 'ord_2' }, 'rejected'],
  ['with another number', 2, { ...nameless, order_number: 'PO-2' }, 'rejected'],
  ['with nothing', 2, { error: 'exists' }, 'rejected'],
] as const)('B21 a create that is refused as a conflict %s, attempt %i', async (_case, attempt, body, kind) => {
  says(409, body);

  const result = await portal().deliver(effect({ attempt }));

  expect(result).toMatchObject(
    kind === 'delivered' ? { kind, externalId: 'p1' } : { kind, code: 'UPSTREAM_CONFLICT', httpStatus: 409 },
  );
});

it('F1 takes what is written for written, whatever is said beside the id', async () => {
  says(201, { id: 'f1', phone: 4930, updated_at: '2026-11-22 10:00:00', amount: 'ten', customer_id: {} });

  const made = await flash().deliver(effect(invoice));
  const change = effect({ ...invoice, operation: 'UPDATE', externalId: 'f1' });
  const changed = await flash().deliver(change);
  says(200, { success: true });
  const briefly = await flash().deliver(change);

  expect([made, changed, briefly]).toMatchObject([
    { kind: 'delivered', externalId: 'f1' },
    { kind: 'delivered', externalId: 'f1' },
    { kind: 'delivered', externalId: 'f1' },
  ]);
});

it('F1 a create that is refused as a conflict is done where the hub’s own record is shown', async () => {
  says(409, { error: 'exists', data: { id: 'f1', hub_id: invoice.snapshot.id } });
  const mine = await flash().deliver(effect(invoice));
  says(409, { error: 'exists', data: { id: 'f1', hub_id: 'another' } });

  const foreign = await flash().deliver(effect(invoice));

  expect(mine).toMatchObject({ kind: 'delivered', externalId: 'f1' });
  expect(foreign).toMatchObject({ kind: 'rejected', code: 'UPSTREAM_CONFLICT' });
});

it.each([
  ['transaction.completed', {}, 'SUCCEEDED'],
  ['transaction.updated', { status: 'completed' }, 'SUCCEEDED'],
  ['transaction.updated', { status: 'Partially refunded' }, 'PARTIALLY_REFUNDED'],
  ['transaction.updated', { status: 'frobnicated' }, null],
  ['subscription.updated', { status: 'past-due' }, 'PAST_DUE'],
  ['invoice.updated', { status: 'voided' }, 'VOID'],
  ['invoice.updated', { status: 'constructor' }, null],
])('F12 understands %s with %j as %s', (type, said, status) => {
  const body = { id: 'e1', type, created_at: '2026-11-22T10:00:00Z', data: { id: 'f1', ...said } };
  const request = { headers: {}, rawBody: Buffer.from(JSON.stringify(body)) };

  const event = flashErp.webhooks?.parse(request, flashErp.settings.parse({ baseUrl: server.url }));

  expect(event).toMatchObject({ status });
});

/** Answers `total` rows by 50, however many are asked for; behind the last page as told. */
const byFifty = (total: number, behind: 'nothing' | 'refusal' | 'everything', row: (n: number) => object) => {
  answer = (url, response) => {
    if (url.pathname.endsWith('/token')) return response.end('{"access_token":"t","expires_in":3600}');
    const page = behind === 'everything' ? 1 : Number(url.searchParams.get('page') ?? 1);
    const rows = Array.from({ length: total }, (_, n) => row(n)).slice((page - 1) * 50, page * 50);
    if (behind === 'refusal' && rows.length === 0) return response.writeHead(400).end('{"message":"no such page"}');
    return response.end(JSON.stringify({ data: rows }));
  };
};

const warehouse = (more = {}): Connection => {
  const settings = extensiv.settings.parse({ baseUrl: server.url, readRetryBaseMs: 1, ...more });
  return extensiv.connect({ credentials: { clientId: 'c', clientSecret: 's' }, settings }, http);
};

async function stockOf(settings = {}): Promise<string[]> {
  const skus: string[] = [];
  const pages = warehouse(settings).pull?.INVENTORY?.({ since: null, signal: new AbortController().signal }) ?? [];
  for await (const { rows } of pages) skus.push(...rows.map(({ sku }) => sku));
  return skus;
}

it.each([
  ['gives less than it is asked for', 117, 'nothing', 3],
  ['gives less, and nothing behind it', 100, 'nothing', 3],
  ['refuses what is behind it', 100, 'refusal', 3],
  ['knows no pages', 50, 'everything', 2],
  ['has it all at once', 49, 'everything', 1],
] as const)('E6 reads all of a list whose server %s', async (_case, total, behind, questions) => {
  byFifty(total, behind, (n) => ({ sku: `S-${n}`, quantity_available: n, read_at: performance.now() }));
  asked = [];

  const skus = await stockOf();

  expect(skus).toEqual(Array.from({ length: total }, (_, n) => `S-${n}`));
  expect(asked.filter(({ pathname }) => pathname.endsWith('/inventory'))).toHaveLength(questions);
});

it('E6 takes no list for whole that is refused behind a full page', async () => {
  byFifty(100, 'refusal', (n) => ({ sku: `S-${n}` }));

  await expect(stockOf({ pageSize: 50 })).rejects.toThrow('no such page');
});

it.each([
  [117, 'nothing'],
  [100, 'refusal'],
  [50, 'everything'],
] as const)(
  'F7 reads all of a list of %i whose server gives less than it is asked for, and then %s',
  async (total, behind) => {
    byFifty(total, behind, (n) => ({ id: `f${n}`, status: 'completed' }));

    const ids: string[] = [];
    const request = { updatedFrom: null, signal: new AbortController().signal };
    for await (const { rows } of flash().list?.('TRANSACTION', request) ?? [])
      ids.push(...rows.map((row) => row.externalId));

    expect(ids).toEqual(Array.from({ length: total }, (_, n) => `f${n}`));
  },
);

const PAID = orderSnapshot({ status: 'PAID' });

it.each([
  [
    'among others',
    'ext_70',
    (n: number) => ({ order_number: `X-${n}`, metadata: { portal_order_id: n === 70 ? PAID.id : `o${n}` } }),
  ],
  ['without its metadata', 'ext_70', (n: number) => ({ order_number: n === 70 ? PAID.number : `X-${n}` })],
  [
    'with an empty list in place of its metadata',
    'ext_70',
    (n: number) => ({ order_number: n === 70 ? PAID.number : `X-${n}`, metadata: [] }),
  ],
  ['of another shop only', null, () => ({ order_number: PAID.number, metadata: { portal_order_id: 'another' } })],
])('E11 looks for an order that may be there before it is sent again: %s', async (_case, found, row) => {
  byFifty(117, 'nothing', (n) => ({ id: `ext_${n}`, ...row(n) }));
  const list = answer;
  let sent = 0;
  answer = (url, response, method) => {
    if (method !== 'POST' || !url.pathname.endsWith('/orders')) return list(url, response, method);
    sent += 1;
    return response.writeHead(201).end('{"id":"ext_new"}');
  };

  const result = await warehouse().deliver(effect({ snapshot: PAID, attempt: 2 }));

  expect(result).toMatchObject({ kind: 'delivered', externalId: found ?? 'ext_new' });
  expect(sent).toBe(found === null ? 1 : 0);
});

it('E11 sends no order again where the list to look for it in has no end', async () => {
  let sent = 0;
  let page = 0;
  answer = (url, response, method) => {
    if (url.pathname.endsWith('/token')) return response.end('{"access_token":"t","expires_in":3600}');
    if (method === 'POST') sent += 1;
    page += 1;
    return response.end(JSON.stringify({ data: Array.from({ length: 50 }, (_, n) => ({ id: `p${page}_${n}` })) }));
  };

  const result = await warehouse().deliver(effect({ snapshot: PAID, attempt: 2 }));

  expect(result).toMatchObject({ kind: 'retry', code: 'UPSTREAM_BAD_RESPONSE' });
  expect(sent).toBe(0);
});
