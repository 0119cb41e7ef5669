import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { SimulatorKit } from '../simulator/kit.js';
import { AccountBody, readWanted, SlipBody, unstorableIn1254 } from './simulated-shapes.js';
import type { NetsisStore, SimulatedItem, SimulatedSlip } from './simulated-store.js';

interface ListQuery {
  limit?: string;
  offset?: string;
  q?: string;
}
type List = { Querystring: ListQuery };
const DEFAULT_LIMIT = 20;
/** Item codes that start with it have no card. */
const NO_CARD = 'UNKNOWN';

/** The paths that the hub uses, with Netsis's names and its habit to answer 200 to what it refuses. */
export function registerNetsis(app: FastifyInstance, kit: SimulatorKit, store: NetsisStore): void {
  app.get<List>('/api/v2/Items', async ({ query }) => {
    const items = [...store.items.values()].sort((a, b) => (a.Stok_Kodu < b.Stok_Kodu ? -1 : 1));
    return page(items.map(card), query);
  });
  app.get<List>('/api/v2/ARPs', async ({ query }) => {
    const wanted = readWanted(query.q);
    const accounts = [...store.accounts.values()].filter(({ CARI_KOD }) => !wanted || wanted.includes(CARI_KOD));
    return page(
      accounts.map((account) => ({ CariTemelBilgi: account })),
      query,
    );
  });
  app.post('/api/v2/ARPs', async (request) =>
    take(request, AccountBody, ({ CariTemelBilgi: account }) => {
      if (store.accounts.has(account.CARI_KOD)) return refuse(`${account.CARI_KOD} kodlu cari zaten var`);
      store.accounts.set(account.CARI_KOD, account);
      return succeed({ CariTemelBilgi: account });
    }),
  );
  app.get<List>('/api/v2/ItemSlips', async ({ query }) => {
    const wanted = readWanted(query.q);
    const orders = [...store.orders.values()].filter(({ FatUst }) => !wanted || wanted.includes(FatUst.FATIRS_NO));
    return page(orders, query);
  });
  app.get<{ Params: { id: string } }>('/api/v2/ItemSlips/:id', async ({ params }) => {
    const order = store.orders.get(params.id.split(';')[1] ?? '');
    return order ? succeed(order) : refuse('Kayıt bulunamadı');
  });
  app.post('/api/v2/ItemSlips', async (request) =>
    take(request, SlipBody, (slip) => createOrder(kit, store, request, slip)),
  );
  app.put<{ Params: { id: string } }>('/api/v2/ItemSlips/:id', async (request) =>
    take(request, SlipBody, (slip) => {
      const [kind, number = ''] = request.params.id.split(';');
      if (kind !== 'ftSSip' || !store.orders.has(number)) return refuse('Kayıt bulunamadı');
      return save(kit, store, request, slip);
    }),
  );
}

function createOrder(kit: SimulatorKit, store: NetsisStore, request: FastifyRequest, slip: SimulatedSlip) {
  const { FATIRS_NO, CariKod } = slip.FatUst;
  if (!store.accounts.has(CariKod)) return refuse(`${CariKod} kodlu cari bulunamadı`);
  if (store.orders.has(FATIRS_NO)) return refuse(`${FATIRS_NO} numaralı belge daha önce kaydedilmiş`);
  const unknown = slip.Kalems.find(({ StokKodu }) => StokKodu.startsWith(NO_CARD));
  return unknown ? refuse(`${unknown.StokKodu} kodlu stok bulunamadı`) : save(kit, store, request, slip);
}

/** Every accepted write is another effect: Netsis knows no idempotency keys. */
function save(
  { effects }: SimulatorKit,
  store: NetsisStore,
  { method, url, rawText }: FastifyRequest,
  slip: SimulatedSlip,
) {
  return effects.once({ idempotencyKey: null, method, path: url, body: rawText }, () => {
    store.orders.set(slip.FatUst.FATIRS_NO, withProgress(slip, store.orders.get(slip.FatUst.FATIRS_NO)));
    return { status: 200, entityId: slip.FatUst.FATIRS_NO, body: succeed(slip) };
  }).body;
}

/** What was delivered or closed of a line stays so, whatever is sent. */
function withProgress(slip: SimulatedSlip, before: SimulatedSlip | undefined): SimulatedSlip {
  const Kalems = slip.Kalems.map((line, index) => {
    const known: Record<string, unknown> = before?.Kalems[index] ?? {};
    return { ...line, Firmadovtut: known['Firmadovtut'] ?? 0, STra_HTUR: known['STra_HTUR'] ?? line['STra_HTUR'] };
  });
  return { ...slip, Kalems };
}

function take<T>(request: FastifyRequest, shape: z.ZodType<T>, work: (body: T) => unknown) {
  const lost = unstorableIn1254(request.rawText);
  if (lost !== '') return refuse(`Geçersiz karakter: ${lost}`);
  const parsed = shape.safeParse(JSON.parse(request.rawText));
  return parsed.success ? work(parsed.data) : refuse(parsed.error.issues[0]?.message ?? 'Geçersiz kayıt');
}

const succeed = (Data: unknown) => ({ IsSuccessful: true, Data });
const refuse = (ErrorDesc: string) => ({
  IsSuccessful: false,
  ErrorCode: '204',
  ErrorDesc: `${ErrorDesc}\r\n | NetOpenX50.Fatura`,
  Data: null,
});
const card = (item: SimulatedItem) => ({
  StokTemelBilgi: { ...item, KDV_Orani: 20, DOV_TUR: 0 },
  StokEkBilgi: { Stok_Kodu: item.Stok_Kodu },
});

function page(all: unknown[], { limit, offset }: ListQuery) {
  const from = Number(offset ?? 0);
  const count = Number(limit ?? DEFAULT_LIMIT);
  return {
    IsSuccessful: true,
    TotalCount: all.length,
    Offset: from,
    Limit: count,
    Data: all.slice(from, from + count),
  };
}
