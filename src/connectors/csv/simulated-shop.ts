import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import type { BuildSystem, SimulatorKit } from '../simulator/kit.js';
import { createRandom, type Random } from '../simulator/random.js';
import { encodeText } from '../text/code-pages.js';

/** The folder that the demo's integration is set up with. */
export const DEMO_FOLDER = 'demo';
const NAMES = ['Kırmızı Şapka', 'Yün Eldiven', 'Çelik Zil', 'Işıklı Gidon', 'Örgü Sepet'];
/** One file in so many steps has a row that is wrong. */
const CHANCE_OF_MISTAKE = 0.2;

type Collected = Record<string, unknown> & { id: string };

/**
 * An old shop program on the other side of the folder: it drops files as such programs do (semicolons, decimal commas,
 * Windows-1254) and collects what is exported.
 */
export const buildOldShop: BuildSystem = (_app, kit) => {
  const root = kit.options.filesRoot ?? '.';
  const path = (part: string, name = '') => join(root, DEMO_FOLDER, part, name);
  const collected = new Map<string, Collected>();
  if (kit.options.lifecycle)
    live(
      kit,
      (name, text) => drop(path('in'), name, text),
      () => collect(path('out'), kit, collected),
    );
  return {
    state() {
      collect(path('out'), kit, collected);
      const all = [...collected.values()];
      const of = (kind: string) => all.filter(({ id }) => id.startsWith(kind));
      return { orders: of('order-'), invoices: of('invoice-') };
    },
    clear() {
      rmSync(join(root, DEMO_FOLDER), { recursive: true, force: true });
      collected.clear();
    },
    move: () => null,
    webhook: () => null,
    save: () => [...collected.values()],
    restore(kept) {
      for (const one of kept as Collected[]) collected.set(one.id, one);
    },
  };
};

/** Written under another name first, as the hub asks for. */
function drop(folder: string, name: string, text: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${name}.tmp`), encodeText(text, 'windows-1254'));
  renameSync(join(folder, `${name}.tmp`), join(folder, name));
}

/** Takes what lies in the folder, each file once. */
function collect(folder: string, { effects }: SimulatorKit, collected: Map<string, Collected>): void {
  mkdirSync(folder, { recursive: true });
  const names = readdirSync(folder).filter((name) => name.endsWith('.csv'));
  const writtenAt = new Map(names.map((name) => [name, statSync(join(folder, name)).mtimeMs]));
  for (const name of names.sort((a, b) => (writtenAt.get(a) ?? 0) - (writtenAt.get(b) ?? 0))) {
    const body = readFileSync(join(folder, name), 'utf8');
    rmSync(join(folder, name));
    const rows = parse(body, { columns: true, bom: true }) as Record<string, string>[];
    const id = name.replace(/-\d+-[0-9a-f]{10}\.csv$/, '');
    const key = rows[0]?.['export key'] ?? null;
    effects.once({ idempotencyKey: key, method: 'FILE', path: name, body }, () => {
      collected.set(id, { ...rows[0], id, file: name, rows });
      return { status: 200, body: null, entityId: id };
    });
  }
}

function live({ options }: SimulatorKit, put: (name: string, text: string) => void, take: () => void): void {
  const random = createRandom(options.seed);
  let step = 0;
  const act = () => {
    step += 1;
    if (step === 1) put('urunler.csv', products());
    else put(`stok-${step}.csv`, stock(random));
    if (step % 5 === 0) put(`siparis-${step}.csv`, order(random, step));
    take();
  };
  setInterval(act, options.stepMs * 5).unref();
}

function products(): string {
  const rows = NAMES.map((name, index) => `CSV-${index + 1};${name};${index + 12},90;TRY`);
  return ['Stok Kodu;Stok Adı;Fiyat;Para Birimi', ...rows, ''].join('\r\n');
}

function stock(random: Random): string {
  const rows = NAMES.map((_, index) => `CSV-${index + 1};Merkez;${Math.floor(random.next() * 100)}`);
  if (random.chance(CHANCE_OF_MISTAKE)) rows.push('CSV-1;Şube;çok');
  return ['Stok Kodu;Depo;Miktar', ...rows, ''].join('\r\n');
}

function order(random: Random, step: number): string {
  const item = Math.floor(random.next() * NAMES.length);
  const line = `KASA-${step};CONFIRMED;TRY;Ayşe Yılmaz;CSV-${item + 1};${NAMES[item]};2;${item + 12},90`;
  return ['Sipariş No;Durum;Para Birimi;Müşteri;Stok Kodu;Ürün Adı;Adet;Birim Fiyat', line, ''].join('\r\n');
}
