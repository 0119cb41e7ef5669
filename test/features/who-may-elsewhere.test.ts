import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Client } from 'graphql-ws';
import type { HubClient } from '../../demo/hub-client.js';
import { CHANGE_KINDS } from '../../schema/changes/change.js';
import type { NewChange } from '../../src/feed/change.js';
import { publishChanges } from '../../src/feed/publish-changes.js';
import { inParallel } from '../../src/flow/in-parallel.js';
import { eventually } from '../harness/eventually.js';
import type { TestHub } from '../harness/hub.js';
import { type Field, fieldsOf, inputOf, operationOf, selectionOf, type ValueFor } from './any-operation.js';
import { idOf, mutate } from './order-client.js';
import { noteRoutes } from './registered-routes.js';
import { FOREIGN, PLAIN, removeRows, startTwoMerchants, tablesWith } from './two-merchants.js';

interface Parameter {
  in: string;
  name: string;
  schema: { type?: string; format?: string; enum?: string[] };
}
interface Described {
  security: object[];
  parameters?: Parameter[];
}

let hub: TestHub;
let own: HubClient;
/** An integration of the caller's merchant. */
let ours: string;
let routes: string[];
let document: { paths: Record<string, { get?: Described }> };
beforeAll(async () => {
  const noted = noteRoutes();
  hub = await startTwoMerchants();
  noted.stop();
  ({ routes } = noted);
  await hub.db.pool.query(`update integrations set connector = 'flasherp' where id = $1`, [FOREIGN.integrationId]);
  ours = await idOf(
    mutate(hub.admin, 'createIntegration', 'CreateIntegrationInput', 'integration', {
      ...{ merchantId: 'm1', name: 'Ours', connector: 'flasherp', mode: 'POLLING' },
      credentials: { apiKey: 'ours', apiSecret: 'our-secret' },
      settings: { baseUrl: hub.portal.url },
    }),
  );
  own = await hub.as({ role: 'admin', merchantId: 'm1' });
  document = (await own.rest('GET', '/docs/openapi.json')).body as typeof document;
});
afterAll(() => hub?.stop());

/** As the document names it. */
const describedAt = (url: string) => document.paths[url.replaceAll(/:(\w+)/g, '{$1}')]?.get;

/** Of the merchant: an order, an invoice, a sync event. */
async function nounsOf(merchantId: string) {
  const firstOf = async (table: string) =>
    String(
      (await hub.db.pool.query(`select min(id) as id from ${table} where merchant_id = $1`, [merchantId])).rows[0]?.id,
    );
  return {
    order: await firstOf('orders'),
    invoice: await firstOf('invoices'),
    syncEvent: await firstOf('sync_events'),
  };
}

/** One change of each kind, about what the merchant has. */
async function changesOf(merchantId: string, integrationId: string): Promise<NewChange[]> {
  const { order, invoice, syncEvent } = await nounsOf(merchantId);
  const newStatus = { invoice: 'PAID', sync_event: 'SUCCESS', webhook_event: 'PROCESSED' };
  return CHANGE_KINDS.map((kind) => {
    const noun = kind.split('.')[0] as keyof typeof newStatus;
    return {
      ...{
        kind,
        merchantId,
        integrationId,
        syncEventId: syncEvent,
        entityType: noun === 'invoice' ? 'INVOICE' : 'ORDER',
      },
      entityId: noun === 'invoice' ? invoice : order,
      data: { of: merchantId, sku: `SKU-${merchantId}`, newStatus: newStatus[noun] ?? 'SHIPPED' },
    };
  });
}

/** The arguments that leave everything in, and each of them with what is foreign. */
async function listenersOf(field: Field): Promise<Record<string, unknown>[]> {
  const { order, invoice } = await nounsOf(FOREIGN.merchantId);
  const foreign: Record<string, unknown> = { ...FOREIGN, orderId: order, entityId: order, invoiceId: invoice };
  foreign['sku'] = `SKU-${FOREIGN.merchantId}`;
  const given =
    (name: string): ValueFor =>
    (one) =>
      one === name ? foreign[name] : undefined;
  const filter = field.args.find(({ name }) => name === 'filter')?.type;
  const within = filter && 'getFields' in filter ? Object.values(filter.getFields()) : [];
  return [
    {},
    ...field.args.filter(({ name }) => name in foreign).map(({ name }) => inputOf(field.args, given(name))),
    ...within.filter(({ name }) => name in foreign).map(({ name }) => ({ filter: inputOf(within, given(name)) })),
  ];
}

/** A subscription with what it was told, each once and without when and where in the feed. */
interface Listener {
  field: string;
  isPlain: boolean;
  told: Set<string>;
  count: number;
}

const OF_ITS_MOMENT = /^(cursor|at)$|(Ms|Seconds|At|Ratio)$/;

async function listenToAll(client: Client): Promise<Listener[]> {
  const { changesCursor } = await own.ask<{ changesCursor: string }>('{ changesCursor }');
  const listeners: Listener[] = [];
  for (const field of fieldsOf('Subscription')) {
    for (const args of await listenersOf(field)) {
      const listener: Listener = {
        field: field.name,
        isPlain: Object.keys(args).length === 0,
        told: new Set(),
        count: 0,
      };
      const variables = field.args.some(({ name }) => name === 'after') ? { ...args, after: changesCursor } : args;
      const selection =
        field.name === 'changes' ? '{ __typename kind entityId integrationId data }' : selectionOf(field, 1);
      client.subscribe(
        { query: operationOf('subscription', field, variables, selection), variables },
        {
          next: (message) => {
            listener.told.add(JSON.stringify(message, (key, value) => (OF_ITS_MOMENT.test(key) ? null : value)));
            listener.count += 1;
          },
          error: (error) => listener.told.add(`ended: ${JSON.stringify(error)}`),
          complete: () => {},
        },
      );
      listeners.push(listener);
    }
  }
  return listeners;
}

it('G14 H3 no subscription tells a caller of one merchant anything of another, whatever it asks for', async () => {
  const publish = (...changes: NewChange[]) => hub.db.transaction((tx) => publishChanges(tx.sql, changes));
  const [ofOwn, ofForeign] = [await changesOf('m1', PLAIN), await changesOf(FOREIGN.merchantId, FOREIGN.integrationId)];
  const client = own.socket();
  const listeners = await listenToAll(client);
  const plain = listeners.filter(({ isPlain }) => isPlain);
  // Health has no cursor to begin from, so that what is published until it has begun is not told. Who was told everything
  // again has heard all that there is to tell.
  await eventually(
    async () => {
      await publish(...ofOwn);
      return plain.every(({ told, count }) => told.size > 0 && count >= 2 * told.size);
    },
    (all) => all,
  );
  const before = listeners.map(({ told }) => [...told].sort());
  const counts = plain.map(({ count }) => count);

  await publish(...ofForeign, ...ofOwn);
  await eventually(
    async () => plain.every(({ count }, n) => count > (counts[n] ?? 0)),
    (all) => all,
  );
  await publish(...ofOwn);
  const after = await eventually(
    async () => listeners.map(({ told }) => [...told].sort()),
    () => plain.every(({ count }, n) => count > (counts[n] ?? 0) + 1),
  );

  expect(after).toEqual(before);
  expect(listeners.filter(({ isPlain, count }) => !isPlain && count > 0)).toEqual([]);
  expect(before.flat().filter((message) => message.includes('errors'))).toEqual([]);
  await client.dispose();
});

/** An id of each table in which the merchant has anything. */
async function idsOf(merchantId: string): Promise<string[]> {
  const ids: string[] = [];
  for (const table of await tablesWith(hub, 'merchant_id')) {
    const { rows } = await hub.db.pool.query<{ id: string | null }>(
      `select to_jsonb(t) ->> 'id' as id from ${table} t where merchant_id = $1 order by t::text limit 1`,
      [merchantId],
    );
    ids.push(...rows.flatMap(({ id }) => id ?? []));
  }
  return [...new Set(ids)];
}

/** Before anything was asked for, which may leave its own traces. */
const PERIOD = `from=2026-01-01T00:00:00Z&to=${new Date().toISOString()}`;

/** The address with each id in its path, and with each text that it takes in its query as what is foreign. */
function addressesOf(url: string, ids: readonly string[]): string[] {
  const paths = url.includes(':') ? ids.map((id) => url.replace(/:\w+/, encodeURIComponent(id))) : [url];
  const queries = (describedAt(url)?.parameters ?? []).filter((parameter) => parameter.in === 'query');
  const texts = queries.filter(({ schema: { type, format, enum: words } }) => type === 'string' && !format && !words);
  const period = queries.some(({ name }) => name === 'to') ? PERIOD : '';
  const foreign = [FOREIGN.merchantId, FOREIGN.integrationId, 'ord_0002', 'SO-2', `of ${FOREIGN.integrationId}`];
  const asked = texts.flatMap(({ name }) => foreign.map((text) => `${period}&${name}=${encodeURIComponent(text)}`));
  return [...paths.map((path) => `${path}?${period}`), ...asked.map((query) => `${paths[0]}?${query}`)];
}

/** How long things took, when they were asked for, and how the hub as a whole is, which `/health` tells anybody. */
const OF_NOBODY = /(Ms|Seconds|timestamp|requestId|^from|^to|^components)$/;

/** Each address's answer, by the address. */
async function answersTo(urls: readonly string[]): Promise<Map<string, string>> {
  const answers = new Map<string, string>();
  await inParallel(urls, 8, async (url) => {
    const { status, body } = await own.rest('GET', url);
    answers.set(
      url,
      JSON.stringify({ status, body }, (key, value) => (OF_NOBODY.test(key) ? null : value)),
    );
  });
  return answers;
}
const isGood = (answer: string | undefined) => answer?.startsWith('{"status":200') ?? false;

it('G14 H4 every REST address answers an admin of one merchant as if no other merchant were there', async () => {
  const ofCallers = routes
    .filter((route) => route.startsWith('GET '))
    .map((route) => route.slice('GET '.length))
    .filter((url) => describedAt(url)?.security.length !== 0);
  const ids = [ours, FOREIGN.integrationId, ...(await idsOf('m1')), ...(await idsOf(FOREIGN.merchantId))];
  const addresses = new Map(ofCallers.map((url) => [url, addressesOf(url, ids)]));
  const before = await answersTo([...addresses.values()].flat());
  const tables = (await tablesWith(hub, 'integration_id')).filter((table) => table !== 'audit_entries');
  await removeRows(hub, 'integration_id', FOREIGN.integrationId, tables);
  await removeRows(hub, 'merchant_id', FOREIGN.merchantId, await tablesWith(hub, 'merchant_id'));

  const after = await answersTo([...before.keys()]);

  const told = [...before]
    .filter(([url, answer]) => after.get(url) !== answer)
    .map(([url, answer]) => [url, answer.slice(0, 300), after.get(url)?.slice(0, 300)]);
  const neverGood = ofCallers.filter((url) => !addresses.get(url)?.some((one) => isGood(before.get(one))));
  expect(told).toEqual([]);
  expect(neverGood).toEqual([]);
  expect(ofCallers.length).toBeGreaterThan(20);
});
