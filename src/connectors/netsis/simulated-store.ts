/** An item's card, as the simulated Netsis answers it. */
export interface SimulatedItem {
  Stok_Kodu: string;
  Stok_Adi: string;
  Satis_Fiat1: number;
  Miktar: number;
  Barkod1: string;
}

/** A slip as it was sent. */
export interface SimulatedSlip {
  FatUst: Record<string, unknown> & { FATIRS_NO: string; CariKod: string };
  Kalems: (Record<string, unknown> & { StokKodu: string; STra_GCMIK: number })[];
}
export type SimulatedAccount = Record<string, unknown> & { CARI_KOD: string };

/** Everything that the company's database holds. */
export interface NetsisStore {
  items: Map<string, SimulatedItem>;
  accounts: Map<string, SimulatedAccount>;
  orders: Map<string, SimulatedSlip>;
}

const NAMES = [
  'Kırmızı Şapka',
  'Yün Eldiven',
  'Çelik Zil',
  'Işıklı Gidon',
  'Örgü Sepet',
  'Düğmeli Çanta',
  'Güneş Gözlüğü',
];

/** Some items with Turkish names, among them those that the demo sells. */
export function createNetsisStore(): NetsisStore {
  const items = Array.from({ length: 40 }, (_, index): SimulatedItem => {
    const number = index + 1;
    return {
      Stok_Kodu: `SKU-${number}`,
      Stok_Adi: `${NAMES[index % NAMES.length]} ${number}`,
      Satis_Fiat1: (number * 1250 + 99) / 100,
      Miktar: 10 * number,
      Barkod1: `869000000${String(number).padStart(4, '0')}`,
    };
  });
  return { items: new Map(items.map((item) => [item.Stok_Kodu, item])), accounts: new Map(), orders: new Map() };
}
