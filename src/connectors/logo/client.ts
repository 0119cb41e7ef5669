import { z } from 'zod';
import { type BearerCall, createBearerCall, queryText } from '../upstream/bearer-call.js';
import { classify, readAnswer, saysNothing, UpstreamError, unlessAbsent } from '../upstream/classify.js';
import type { UpstreamHttp, UpstreamResponse } from '../upstream/http.js';
import { pathSegment } from '../upstream/path-segment.js';
import { type ReadRows, readRows } from '../upstream/read-rows.js';
import type { TokenStore } from '../upstream/tokens.js';
import { pricesQuery, statesQuery, stockQuery } from './queries.js';
import type { LogoCredentials, LogoSettings } from './settings.js';
import { secretsOf, signIn } from './sign-in.js';
import { Arp, Item, PriceRow, pageOf, Refusal, SalesOrder, StateRow, StockRow, Written } from './wire.js';

/** One method per remote call. All throw HubErrors with the codes of `classify.ts` and `http.ts`. */
export interface LogoClient {
  /** `whole`: with every field, and not only what the hub's own mapping needs. */
  listItems(offset: number, limit: number, whole?: boolean): Promise<Item[]>;
  /** None where the service answers no queries. */
  listPrices(codes: string[]): Promise<PriceRow[]>;
  listStock(offset: number, limit: number): Promise<StockRow[]>;
  /** True too where the service has no such address: then the code is Logo's own affair. */
  hasArp(code: string): Promise<boolean>;
  createArp(body: unknown, idempotencyKey: string): Promise<void>;
  /** Orders with this document number, whoever made them. */
  findOrders(documentNumber: string): Promise<SalesOrder[]>;
  /** The order by Logo's own reference; null: there is none. */
  readOrder(reference: string): Promise<SalesOrder | null>;
  /** Orders by Logo's own reference, from a position on, whole, as they were told: one may be unreadable. */
  listOrders(offset: number, limit: number): Promise<unknown[]>;
  /** How far these orders have come, as far as they are there; null where the service answers no queries. */
  readStates(references: readonly number[]): Promise<ReadRows<StateRow> | null>;
  createOrder(body: unknown, idempotencyKey: string): Promise<Written>;
  updateOrder(reference: string, body: unknown, idempotencyKey: string): Promise<Written>;
}

type Query = Record<string, string | number>;

const ORDER_FIELDS = 'INTERNAL_REFERENCE,NUMBER,DOC_NUMBER,DOC_TRACKING_NR,CUST_ORD_NO,NOTES1';
const States = z.object({ items: z.array(z.unknown()) });
/** Far more than there should be of one code: a service may filter less than it is asked to. */
const MANY = 100;
/** With the lines of what is asked for. */
const WHOLE = { expandLevel: 'full' };

/** Needs the shared client; signs in by itself, once more when a token has become void. */
export function createLogoClient(
  http: UpstreamHttp,
  settings: LogoSettings,
  credentials: LogoCredentials,
  tokens: TokenStore,
): LogoClient {
  const call = createBearerCall({
    ...{ http, tokens, signIn: () => signIn(http, settings, credentials), secrets: secretsOf(credentials) },
    ...{ baseUrl: `${settings.baseUrl}/api/v1/`, timeoutMs: settings.timeout },
  });
  const get = (path: string, parameters: Query) => call({ method: 'GET', path: `${path}?${queryText(parameters)}` });
  const list = async <Row extends z.ZodType>(name: string, parameters: Query, row: Row) =>
    readPage(await get(name, parameters), row);
  const select = async <Row extends z.ZodType>(sql: string, row: Row) =>
    readPage(await call({ method: 'POST', path: 'queries/unsafe', body: JSON.stringify(sql), isRead: true }), row);
  const write = (method: 'POST' | 'PUT', path: string, body: unknown, idempotencyKey: string) =>
    call({ method, path, body: JSON.stringify(body), idempotencyKey });
  const orderPath = (reference: string) => `salesOrders/${pathSegment(reference)}`;
  return {
    listItems: (offset, limit, whole = false) =>
      list('items', { limit, offset, sort: 'CODE', ...(!whole && { fields: 'CODE,NAME' }) }, Item),
    listPrices: (codes) => select(pricesQuery(settings, codes), PriceRow).catch(unlessAbsent([])),
    listStock: (offset, limit) => select(stockQuery(settings, offset, limit), StockRow),
    async hasArp(code) {
      const found = list('Arps', { q: equals('CODE', code), limit: MANY, fields: 'CODE' }, Arp);
      return found.then((rows) => rows.some(({ CODE }) => CODE === code)).catch(unlessAbsent(true));
    },
    createArp: async (body, key) => refuseFailure(await write('POST', 'Arps', body, key)),
    findOrders: (number) =>
      list('salesOrders', { q: equals('DOC_NUMBER', number), limit: MANY, fields: ORDER_FIELDS }, SalesOrder),
    readOrder: async (reference) => readOne(await get(orderPath(reference), WHOLE)),
    listOrders: (offset, limit) =>
      list('salesOrders', { limit, offset, sort: 'INTERNAL_REFERENCE', ...WHOLE }, z.unknown()),
    readStates: (references) => readStates(call, statesQuery(settings, references)).catch(unlessAbsent(null)),
    createOrder: async (body, key) => readBody(await write('POST', 'salesOrders', body, key), Written),
    updateOrder: async (reference, body, key) =>
      readUpdate(await write('PUT', orderPath(reference), body, key), reference),
  };
}

const readOne = (response: UpstreamResponse) => (response.status === 404 ? null : readBody(response, SalesOrder));

function readUpdate(response: UpstreamResponse, reference: string): Written {
  if (saysNothing(response)) return { INTERNAL_REFERENCE: Number(reference), NUMBER: null };
  return readBody(response, Written);
}

type Call = (request: BearerCall) => Promise<UpstreamResponse>;

async function readStates(call: Call, sql: string): Promise<ReadRows<StateRow>> {
  const response = await call({ method: 'POST', path: 'queries/unsafe', body: JSON.stringify(sql), isRead: true });
  const referenceOf = (row: unknown) => String((row as { REFERENCE?: unknown } | null)?.REFERENCE);
  return readRows(readBody(response, States).items, StateRow, 0, referenceOf);
}

function equals(field: string, value: string): string {
  return `${field} eq '${value.replaceAll("'", "''")}'`;
}

function readPage<Row extends z.ZodType>(response: UpstreamResponse, row: Row): z.output<Row>[] {
  return readBody(response, pageOf(row)).items ?? [];
}

function readBody<T>(response: UpstreamResponse, shape: z.ZodType<T>): T {
  refuseFailure(response);
  return readAnswer(response, shape);
}

/** What Logo says in `ModelState` is what its own program would show: better than its status. */
function refuseFailure(response: UpstreamResponse): void {
  const failure = classify(response);
  if (!failure) return;
  const said = reasonsOf(response.body);
  if (failure.code !== 'UPSTREAM_REJECTED' || said === '') throw failure;
  const reason = response.mask(said).replace(/[\p{Cc}\s]+/gu, ' ');
  throw new UpstreamError('UPSTREAM_REJECTED', `Logo refused it: ${reason.slice(0, 300).trim()}`, response.status);
}

function reasonsOf(body: string): string {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return '';
  }
  const refusal = Refusal.safeParse(json);
  return refusal.success
    ? Object.values(refusal.data.ModelState ?? {})
        .flat()
        .join('; ')
    : '';
}
