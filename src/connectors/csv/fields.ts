import type { FileKind } from '../files.js';

/** The fields of each kind of file, with the headers that are known for them; the first is the one that exports use. */
export const FIELDS = {
  products: {
    sku: [
      'sku',
      'stock code',
      'item code',
      'product code',
      'item no',
      'stok kodu',
      'ürün kodu',
      'artikelnummer',
      'code',
      'kod',
    ],
    name: ['name', 'product name', 'item name', 'title', 'stok adı', 'ürün adı', 'bezeichnung', 'ad'],
    brand: ['brand', 'manufacturer', 'marka', 'marke'],
    barcode: ['barcode', 'ean', 'gtin', 'upc', 'barkod'],
    price: ['price', 'unit price', 'sales price', 'list price', 'fiyat', 'satış fiyatı', 'birim fiyat', 'preis'],
    currency: ['currency', 'para birimi', 'döviz', 'währung'],
  },
  stock: {
    sku: [
      'sku',
      'stock code',
      'item code',
      'product code',
      'item no',
      'stok kodu',
      'ürün kodu',
      'artikelnummer',
      'code',
      'kod',
    ],
    onHand: ['on hand', 'stock', 'quantity', 'qty', 'stok', 'miktar', 'adet', 'bakiye', 'bestand'],
    reserved: ['reserved', 'rezerve', 'reserviert'],
    available: ['available', 'kullanılabilir', 'satılabilir', 'verfügbar'],
    location: ['location', 'warehouse', 'depo', 'depo kodu', 'lager'],
    name: ['name', 'product name', 'item name', 'title', 'stok adı', 'ürün adı', 'bezeichnung'],
    brand: ['brand', 'marka', 'marke'],
    barcode: ['barcode', 'ean', 'gtin', 'upc', 'barkod'],
    price: ['price', 'unit price', 'fiyat', 'preis'],
    currency: ['currency', 'para birimi', 'döviz', 'währung'],
  },
  orders: {
    number: ['order number', 'order no', 'order id', 'order', 'sipariş no', 'sipariş numarası', 'bestellnummer'],
    status: ['status', 'order status', 'durum'],
    currency: ['currency', 'para birimi', 'döviz', 'währung'],
    placedAt: ['placed at', 'order date', 'date', 'sipariş tarihi', 'tarih', 'bestelldatum', 'datum'],
    updatedAt: ['updated at', 'güncelleme tarihi'],
    customerReference: ['customer reference', 'customer id', 'customer code', 'cari kod', 'cari kodu', 'kundennummer'],
    customerName: ['customer name', 'customer', 'müşteri', 'müşteri adı', 'cari adı', 'kunde'],
    customerEmail: ['customer email', 'email', 'e posta', 'eposta'],
    customerPhone: ['customer phone', 'phone', 'telefon'],
    sku: ['sku', 'item code', 'product code', 'stock code', 'stok kodu', 'ürün kodu', 'artikelnummer'],
    name: ['name', 'product name', 'item name', 'ürün adı', 'stok adı', 'bezeichnung'],
    quantity: ['quantity', 'qty', 'miktar', 'adet', 'menge'],
    unitPrice: ['unit price', 'price', 'birim fiyat', 'fiyat', 'preis'],
    lineTotal: ['line total', 'amount', 'tutar', 'satır tutarı'],
    subtotal: ['subtotal', 'ara toplam'],
    tax: ['tax', 'vat', 'kdv', 'mwst'],
    shipping: ['shipping', 'shipping cost', 'kargo', 'versandkosten'],
    discount: ['discount', 'iskonto', 'indirim', 'rabatt'],
    grandTotal: ['grand total', 'total', 'genel toplam', 'toplam', 'gesamt'],
    shippingName: ['shipping name', 'recipient', 'alıcı'],
    shippingLine1: ['shipping address', 'address', 'street', 'adres', 'strasse'],
    shippingLine2: ['address 2', 'adres 2'],
    shippingCity: ['city', 'shipping city', 'şehir', 'ilçe', 'stadt', 'ort'],
    shippingRegion: ['region', 'state', 'il', 'bölge'],
    shippingPostalCode: ['postal code', 'zip', 'posta kodu', 'plz'],
    shippingCountry: ['country', 'ülke', 'land'],
    deliveryMethod: ['delivery method', 'shipping method', 'teslimat'],
    notes: ['notes', 'note', 'comment', 'açıklama', 'not', 'bemerkung'],
  },
} as const satisfies Record<string, Record<string, readonly string[]>>;

export type Table = keyof typeof FIELDS;
export type FieldOf<Of extends Table> = keyof (typeof FIELDS)[Of] & string;

/** Without these a file as a whole cannot be read. */
export const REQUIRED: { [Of in Table]: readonly FieldOf<Of>[] } = {
  products: ['sku'],
  stock: ['sku', 'onHand'],
  orders: ['number', 'sku', 'quantity', 'unitPrice'],
};

/** Where each field stands: its column's position, from 0, and its header as it is in the file. */
export type Columns<Of extends Table> = Map<FieldOf<Of>, { index: number; header: string }>;

/** The columns by the settings first, then by the headers that are known. */
export function findColumns<Of extends Table>(
  table: Of,
  headers: readonly string[],
  own: Partial<Record<string, string>>,
): Columns<Of> {
  const byName = new Map(headers.map((header, index) => [plain(header), { index, header }] as const).reverse());
  const columns: Columns<Of> = new Map();
  for (const [field, aliases] of Object.entries(FIELDS[table])) {
    const names = own[field] === undefined ? [field, ...(aliases as readonly string[])] : [own[field]];
    const found = names.map((name) => byName.get(plain(name))).find((column) => column !== undefined);
    if (found) columns.set(field as FieldOf<Of>, found);
  }
  return columns;
}

/** The columns of stock in a file of products; null: none of its own says what is on hand. */
export function stockBeside(
  headers: readonly string[],
  own: Partial<Record<string, string>>,
  products: Columns<'products'>,
): Columns<'stock'> | null {
  const columns = findColumns('stock', headers, own);
  const onHand = columns.get('onHand');
  const isTaken = [...products.values()].some(({ index }) => index === onHand?.index);
  return onHand && columns.has('sku') && !isTaken ? columns : null;
}

/** The kind by the file's name, else by its columns; null: neither tells. */
export function kindOf(
  name: string,
  headers: readonly string[],
  own: Record<Table, Partial<Record<string, string>>>,
): FileKind | null {
  const word = plain(name);
  const named = NAMES.find(([pattern]) => pattern.test(word));
  if (named) return named[1];
  const has = (table: Table) =>
    REQUIRED[table].every((field) => (findColumns(table, headers, own[table]) as Map<string, unknown>).has(field));
  if (has('orders')) return 'ORDER';
  if (has('stock')) return 'INVENTORY';
  return has('products') ? 'PRODUCT' : null;
}

const NAMES: [RegExp, FileKind][] = [
  [/^(products?|prices?|items?|catalog|urun|fiyat|stok ?kart)/, 'PRODUCT'],
  [/^(stock|inventory|stok|envanter|bestand)/, 'INVENTORY'],
  [/^(orders?|siparis|bestellung)/, 'ORDER'],
];

/** Letters and digits alone, without case and accents: `Stok_Kodu`, `STOK KODU` and `stokKodu` are one. */
export function plain(text: string): string {
  return text
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .normalize('NFKD')
    .replaceAll('ı', 'i')
    .replace(/\p{M}/gu, '')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}
