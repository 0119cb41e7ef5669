import { z } from 'zod';
import { Amount, Code, Text } from '../erp/wire.js';
import { decimalText } from '../text/exact-json.js';

/** Exact decimal text; a comma for the point is taken, as some versions print amounts in the server's language. */
export function amountText(value: number | string | null | undefined): string | null {
  if (value === null || value === undefined) return null;
  return decimalText(typeof value === 'string' ? value.trim().replace(/^(-?\d+),(\d+)$/, '$1.$2') : value);
}

/** What every other call answers with status 200; an error of the business is told by it alone. */
export const Envelope = z.object({
  IsSuccessful: z.boolean(),
  ErrorCode: z.union([z.string(), z.number()]).nullish(),
  ErrorDesc: z.string().nullish(),
  TotalCount: z.coerce.number().pipe(z.int()).nullish(),
  Data: z.unknown().optional(),
});
export type Envelope = z.infer<typeof Envelope>;

const BasicItem = z.object({ Stok_Kodu: Code, Stok_Adi: Text, Miktar: Amount });

/** An item's card; `Satis_Fiat1` to `4`, the barcode and whatever field mappings name are read from what is kept beside the shape. */
export const ItemCard = z.looseObject({ StokTemelBilgi: z.looseObject(BasicItem.shape) });
export type ItemCard = z.infer<typeof ItemCard>;

/** An account (ARP), as much as is needed to know that it is there. */
export const Account = z.object({ CariTemelBilgi: z.object({ CARI_KOD: Code }) });

/**
 * A line. `Firmadovtut`: how much of it was delivered (`FIRMA_DOVTUT` of the order's table), `TesMik` in other versions;
 * `STra_HTUR` K: closed, whatever was delivered.
 */
const SlipLine = z.object({
  StokKodu: Code.nullish(),
  STra_GCMIK: Amount,
  STra_BF: Amount,
  STra_HTUR: Text,
  Firmadovtut: Amount,
  TesMik: Amount,
});
export type SlipLine = z.infer<typeof SlipLine>;

/** What of an order is compared. `EKACK1` holds the hub's id of the order, 2 its number, 3 its status. */
export const SlipContent = z.object({
  FatUst: z.object({
    CariKod: Code.nullish(),
    DOVIZTIP: z.coerce.number().pipe(z.int()).nullish(),
    EKACK1: Text,
    EKACK2: Text,
    EKACK3: Text,
  }),
  Kalems: z.array(SlipLine).nullish(),
});
export type SlipContent = z.infer<typeof SlipContent>;

/** An order's slip. */
export const Slip = SlipContent.extend({ FatUst: SlipContent.shape.FatUst.extend({ FATIRS_NO: Code, CariKod: Code }) });
export type Slip = z.infer<typeof Slip>;
