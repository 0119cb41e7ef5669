import { z } from 'zod';

const Code = z.string().min(1).max(35);

/** What the simulated Netsis takes as a sales order; other fields are kept as they are. */
export const SlipBody = z.object({
  FaturaTip: z.literal(7),
  FatUst: z.looseObject({
    FATIRS_NO: z.string().length(15, 'Belge numarası 15 karakter olmalıdır'),
    CariKod: Code,
    Tip: z.literal(7),
    Tarih: z.string().regex(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
  }),
  Kalems: z
    .array(z.looseObject({ StokKodu: Code, STra_GCMIK: z.number().positive(), STra_BF: z.number().min(0) }))
    .min(1),
});

/** What it takes as an account. */
export const AccountBody = z.object({
  CariTemelBilgi: z.looseObject({
    CARI_KOD: z.string().min(1).max(15),
    CARI_ISIM: z.string().min(1),
    CARI_TIP: z.enum(['A', 'S']),
  }),
});

/** The values that a filter wants, of the two forms that the hub uses; undefined: there is no filter. */
export function readWanted(q: string | undefined): string[] | undefined {
  const [, one, many] = /^\w+(?:=('(?:[^']|'')*')| IN \(([^)]*)\))$/.exec(q ?? '') ?? [];
  const list = one ?? many;
  if (list === undefined) return undefined;
  return [...list.matchAll(/'((?:[^']|'')*)'/g)].map(([, value = '']) => value.replaceAll("''", "'"));
}

/** The first characters of a text that no database in windows-1254 can hold; empty: it holds all. */
export function unstorableIn1254(text: string): string {
  const table = new TextDecoder('windows-1254').decode(Uint8Array.from({ length: 256 }, (_, byte) => byte));
  return [...text]
    .filter((character) => !table.includes(character))
    .slice(0, 5)
    .join('');
}
