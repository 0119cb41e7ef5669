import { z } from 'zod';
import { type BearerCall, createBearerCall, queryText } from '../upstream/bearer-call.js';
import { classify, describeMismatch, readAnswer, UpstreamError, unlessAbsent } from '../upstream/classify.js';
import type { UpstreamHttp, UpstreamResponse } from '../upstream/http.js';
import { readRows } from '../upstream/read-rows.js';
import type { TokenStore } from '../upstream/tokens.js';
import type { NetsisCredentials, NetsisSettings } from './settings.js';
import { signIn } from './sign-in.js';
import { Account, Envelope, ItemCard, Slip } from './wire.js';

/** One method per remote call. All throw HubErrors with the codes of `classify.ts` and `http.ts`. */
export interface NetsisClient {
  /** Items by their code, from a position on, and how many there are in all, where Netsis says it. */
  listItems(offset: number, limit: number): Promise<{ cards: ItemCard[]; total: number | null }>;
  /** True too where the service has no such address: then the code is Netsis's own affair. */
  hasAccount(code: string): Promise<boolean>;
  createAccount(body: unknown, idempotencyKey: string): Promise<void>;
  /** The sales order with this number; null: there is none. */
  findOrder(number: string): Promise<Slip | null>;
  /** The sales orders among these numbers, as far as they are there and can be read. */
  findOrders(numbers: readonly string[]): Promise<Slip[]>;
  /** The order of an account with all of its lines; null: there is none. */
  readOrder(number: string, customerCode: string): Promise<Slip | null>;
  /**
   * Sales orders by their number, from a position on, as they were told (one may be unreadable), and how many there are in
   * all, where Netsis says it.
   */
  listOrders(offset: number, limit: number): Promise<{ slips: unknown[]; total: number | null }>;
  createOrder(body: unknown, idempotencyKey: string): Promise<void>;
  updateOrder(number: string, customerCode: string, body: unknown, idempotencyKey: string): Promise<void>;
}

/** Sales orders among the kinds of slips. */
const SALES_ORDER = 'ftSSip';

type ReadPage = <T>(
  path: string,
  parameters: Record<string, string | number>,
  shape: z.ZodType<T>,
) => Promise<{ rows: T[]; total: number | null }>;

/** Needs the shared client; signs in by itself, once more when a token has become void. */
export function createNetsisClient(
  http: UpstreamHttp,
  settings: NetsisSettings,
  credentials: NetsisCredentials,
  tokens: TokenStore,
): NetsisClient {
  const send = createBearerCall({
    ...{ http, tokens, signIn: () => signIn(http, settings, credentials) },
    ...{ baseUrl: `${settings.baseUrl}/api/v2/`, timeoutMs: settings.timeout },
    secrets: [credentials.password, credentials.dbPassword],
  });
  const call = async (request: BearerCall) => readEnvelope(await send(request));
  const page: ReadPage = async (path, parameters, shape) => {
    const envelope = await call({ method: 'GET', path: `${path}?${queryText(parameters)}` });
    return { rows: readData(envelope, z.array(shape).nullish()) ?? [], total: envelope.TotalCount ?? null };
  };
  const write = async (method: 'POST' | 'PUT', path: string, body: unknown, idempotencyKey: string) =>
    void (await call({ method, path, body: JSON.stringify(body), idempotencyKey }));
  return {
    ...readsOrders(page, settings),
    async listItems(offset, limit) {
      const { rows, total } = await page('Items', { limit, offset, sort: 'STOK_KODU ASC' }, ItemCard);
      return { cards: rows, total };
    },
    async hasAccount(code) {
      const found = page('ARPs', { q: equals('CARI_KOD', code), limit: settings.pageSize }, Account);
      const isThere = found.then(({ rows }) => rows.some(({ CariTemelBilgi }) => CariTemelBilgi.CARI_KOD === code));
      return isThere.catch(unlessAbsent(true));
    },
    createAccount: (body, key) => write('POST', 'ARPs', body, key),
    async readOrder(number, customerCode) {
      const envelope = await call({ method: 'GET', path: slipPath(number, customerCode) });
      return readData(envelope, Slip.nullish()) ?? null;
    },
    createOrder: (body, key) => write('POST', `ItemSlips?${queryText({ docType: SALES_ORDER })}`, body, key),
    updateOrder: (number, customerCode, body, key) => write('PUT', slipPath(number, customerCode), body, key),
  };
}

/** Orders by questions to a list. */
function readsOrders(
  page: ReadPage,
  { pageSize }: NetsisSettings,
): Pick<NetsisClient, 'findOrder' | 'listOrders' | 'findOrders'> {
  return {
    // Asks for far more than there should be: a service may filter less than it is asked to.
    async findOrder(number) {
      const wanted = { docType: SALES_ORDER, q: equals('FATIRS_NO', number), limit: pageSize };
      const { rows } = await page('ItemSlips', wanted, Slip);
      return rows.find(({ FatUst: { FATIRS_NO } }) => FATIRS_NO === number) ?? null;
    },
    async listOrders(offset, limit) {
      const wanted = { docType: SALES_ORDER, limit, offset, sort: 'FATIRS_NO ASC' };
      const { rows, total } = await page('ItemSlips', wanted, z.unknown());
      return { slips: rows, total };
    },
    async findOrders(numbers) {
      const wanted = { docType: SALES_ORDER, q: oneOf('FATIRS_NO', numbers), limit: numbers.length };
      const { rows } = await page('ItemSlips', wanted, z.unknown());
      const { read } = readRows(rows, Slip, 0, () => null);
      return read.filter(({ FatUst: { FATIRS_NO } }) => numbers.includes(FATIRS_NO));
    },
  };
}

const slipPath = (number: string, customerCode: string) =>
  `ItemSlips/${encodeURIComponent(`${SALES_ORDER};${number};${customerCode}`)}`;

/** A condition of SQL, which is how Netsis filters. */
function equals(column: string, value: string): string {
  return `${column}=${quoted(value)}`;
}

const oneOf = (column: string, values: readonly string[]) => `${column} IN (${values.map(quoted).join(',')})`;
const quoted = (value: string) => `'${value.replaceAll("'", "''")}'`;

/** Errors of the business come with status 200. */
function readEnvelope(response: UpstreamResponse): Envelope {
  const failure = classify(response);
  if (failure) throw failure;
  const envelope = readAnswer(response, Envelope);
  if (envelope.IsSuccessful) return envelope;
  const code = envelope.ErrorCode ? ` (${envelope.ErrorCode})` : '';
  const said = response.mask(envelope.ErrorDesc ?? 'no reason').replace(/[\p{Cc}\s]+/gu, ' ');
  throw new UpstreamError(
    'UPSTREAM_REJECTED',
    `Netsis refused it${code}: ${said.slice(0, 300).trim()}`,
    response.status,
  );
}

function readData<T>(envelope: Envelope, shape: z.ZodType<T>): T {
  const parsed = shape.safeParse(envelope.Data);
  if (parsed.success) return parsed.data;
  const message = `Netsis answered, but ${describeMismatch(parsed.error, 'Data')}.`;
  throw new UpstreamError('UPSTREAM_BAD_RESPONSE', message, 200);
}
