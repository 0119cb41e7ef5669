import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { SimulatorKit } from '../simulator/kit.js';
import { encodeText } from '../text/code-pages.js';
import { answerQuery } from './simulated-queries.js';
import type { LogoStore, SimulatedOrder } from './simulated-store.js';
import { foldTurkish } from './turkish.js';

type List = { Querystring: { limit?: string; offset?: string; q?: string; fields?: string; expandLevel?: string } };
type One = { Params: { id: string } };
const DEFAULT_LIMIT = 10;
/** Item codes that start with it have no card. */
const NO_CARD = 'UNKNOWN';

const Code = z.string().min(1).max(32);
const OrderBody = z.looseObject({
  NUMBER: Code,
  DATE: z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/, 'DATE geçersiz'),
  DOC_NUMBER: Code,
  DOC_TRACKING_NR: Code,
  ARP_CODE: z.string().min(1).max(17),
  ORDER_STATUS: z.union([z.literal(1), z.literal(2), z.literal(4)]),
  TRANSACTIONS: z.object({
    items: z
      .array(
        z.looseObject({ TYPE: z.literal(0), MASTER_CODE: Code, QUANTITY: z.number().positive(), PRICE: z.number() }),
      )
      .min(1),
  }),
});
const ArpBody = z.looseObject({
  ACCOUNT_TYPE: z.literal(1),
  CODE: z.string().min(1).max(17),
  TITLE: z.string().min(1),
});

/** The resources that the hub uses, with Logo's names, its paging and its way to refuse. */
export function registerLogo(app: FastifyInstance, kit: SimulatorKit, store: LogoStore): void {
  app.get<List>('/api/v1/items', async ({ query }) => page(store.items, query));
  app.get<List>('/api/v1/Arps', async ({ query }) => page([...store.arps.values()], query));
  app.get<List>('/api/v1/salesOrders', async ({ query }) =>
    page(
      [...store.orders.values()].map((order) => expanded(order, query)),
      query,
    ),
  );
  app.get<One & List>('/api/v1/salesOrders/:id', async ({ params, query }, reply) => {
    const order = store.orders.get(Number(params.id));
    return order ? expanded(order, query) : notFound(reply);
  });
  app.post('/api/v1/Arps', async (request, reply) =>
    take(request, reply, ArpBody, (arp) => {
      if (store.arps.has(arp.CODE)) return refuse(reply, `${arp.CODE} kodlu cari hesap daha önce kaydedilmiş`);
      store.arps.set(arp.CODE, arp);
      return { INTERNAL_REFERENCE: store.arps.size, ...arp };
    }),
  );
  app.post('/api/v1/salesOrders', async (request, reply) => save(kit, store, request, reply));
  app.put<One>('/api/v1/salesOrders/:id', async (request, reply) => {
    const reference = Number(request.params.id);
    return store.orders.has(reference) ? save(kit, store, request, reply, reference) : notFound(reply);
  });
  app.post('/api/v1/queries/unsafe', async (request) => answerQuery(JSON.parse(request.rawText), store));
}

/** The lines stand behind a link unless they are asked for. */
function expanded({ TRANSACTIONS, ...order }: SimulatedOrder, { expandLevel }: List['Querystring']): object {
  const link = { Meta: { href: `/api/v1/salesOrders/${order['INTERNAL_REFERENCE']}/TRANSACTIONS` } };
  return { ...order, TRANSACTIONS: expandLevel === 'full' ? TRANSACTIONS : link };
}

/** Every accepted write is another effect: Logo knows no idempotency keys, and lets document numbers repeat. */
function save(
  { effects }: SimulatorKit,
  store: LogoStore,
  request: FastifyRequest,
  reply: FastifyReply,
  reference?: number,
) {
  return take(request, reply, OrderBody, (body) => {
    if (!store.arps.has(body.ARP_CODE) && body.ARP_CODE !== '120.DEMO')
      return refuse(reply, `${body.ARP_CODE} kodlu cari hesap bulunamadı`);
    const unknown = body.TRANSACTIONS.items.find(({ MASTER_CODE }) => MASTER_CODE.startsWith(NO_CARD));
    if (unknown) return refuse(reply, `${unknown.MASTER_CODE} kodlu malzeme bulunamadı`);
    const write = { idempotencyKey: null, method: request.method, path: request.url, body: request.rawText };
    return effects.once(write, () => {
      const order = store.save(body, reference);
      return { status: 200, entityId: String(order.INTERNAL_REFERENCE), body: order };
    }).body;
  });
}

function take<T>(request: FastifyRequest, reply: FastifyReply, shape: z.ZodType<T>, work: (body: T) => unknown) {
  if (encodeText(request.rawText, 'windows-1254').toString('latin1').includes('?')) {
    const asked = request.rawText.split('?').length;
    const lost = encodeText(request.rawText, 'windows-1254').toString('latin1').split('?').length;
    if (lost > asked) return refuse(reply, 'Geçersiz karakter');
  }
  const parsed = shape.safeParse(JSON.parse(request.rawText));
  if (parsed.success) return work(parsed.data);
  const [issue] = parsed.error.issues;
  return refuse(reply, `${issue?.path.join('.')}: ${issue?.message}`);
}

function refuse(reply: FastifyReply, reason: string) {
  return reply.code(400).send({ Message: 'The request is invalid.', ModelState: { OtherError: [reason] } });
}

function notFound(reply: FastifyReply) {
  return reply.code(404).send({ Message: 'No HTTP resource was found that matches the request.' });
}

/** A filter of the one form that the hub uses; the database compares without regard to case, by Turkish rules. */
function page<Row extends object>(all: Row[], { limit, offset, q, fields }: List['Querystring']) {
  const [, field = '', quoted = ''] = /^(\w+) eq '((?:[^']|'')*)'$/.exec(q ?? '') ?? [];
  const wanted = foldTurkish(quoted.replaceAll("''", "'"));
  const found = q
    ? all.filter((row) => foldTurkish(String((row as Record<string, unknown>)[field] ?? '')) === wanted)
    : all;
  const from = Number(offset ?? 0);
  const rows = found.slice(from, from + Number(limit ?? DEFAULT_LIMIT));
  const wantedFields = fields?.split(',');
  const only = (row: Row) => Object.fromEntries(Object.entries(row).filter(([name]) => wantedFields?.includes(name)));
  return { Meta: { href: null, offset: from }, items: wantedFields ? rows.map(only) : rows };
}
