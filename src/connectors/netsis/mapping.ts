import { createHash } from 'node:crypto';
import { HubError } from '../../errors.js';
import type { AddressSnapshot, OrderSnapshot } from '../../model/snapshots.js';
import type { PulledProduct, PulledStock, RowProblem } from '../pull.js';
import { fitText } from '../text/code-pages.js';
import { exactNumber } from '../text/exact-json.js';
import { textParts } from '../text/text-parts.js';
import { problemAt } from '../upstream/read-rows.js';
import type { NetsisSettings } from './settings.js';
import { amountText, type ItemCard } from './wire.js';

/** Exactly so long must the number of a slip be. */
const NUMBER_LENGTH = 15;
const LONGEST_ACCOUNT_CODE = 15;
/** FaturaTip ftSSip, and TIPI "domestic". */
const SALES_ORDER = 7;
const DOMESTIC = 2;

/**
 * The number that an order has in Netsis, the same whenever it is asked for: the prefix and the order's own number where
 * that fits, else a fingerprint of the hub's id. No two orders share one.
 */
export function documentNumber({ id, number }: OrderSnapshot, { documentPrefix }: NetsisSettings): string {
  const room = NUMBER_LENGTH - documentPrefix.length;
  const readable = /^[A-Z1-9][A-Z0-9-]*$/.test(number) && number.length <= room;
  return documentPrefix + (readable ? number.padStart(room, '0') : fingerprint(id, room));
}

/** @throws HubError BAD_USER_INPUT when the order has no customer and the settings name no account for such orders */
export function accountCode({ customer }: OrderSnapshot, settings: NetsisSettings): string {
  if (!customer) {
    if (settings.defaultCustomerCode) return settings.defaultCustomerCode;
    throw new HubError('BAD_USER_INPUT', 'The order has no customer: set defaultCustomerCode on the integration.');
  }
  const { reference } = customer;
  if (reference && reference.length <= LONGEST_ACCOUNT_CODE && /^[\w.-]+$/.test(reference)) return reference;
  const { customerPrefix } = settings;
  return customerPrefix + fingerprint(customer.id, LONGEST_ACCOUNT_CODE - customerPrefix.length);
}

/** An account (ARP) for the order's customer; CARI_TIP "A" is a buyer. */
export function accountToNetsis(code: string, order: OrderSnapshot, settings: NetsisSettings): Record<string, unknown> {
  const { customer } = order;
  const address = order.billingAddress ?? order.shippingAddress;
  const short = (text: string | null | undefined, length: number) =>
    text ? fitText(text, settings.codePage, length) : null;
  return {
    CariTemelBilgi: {
      CARI_KOD: code,
      CARI_ISIM: short(customer?.name ?? address?.name ?? customer?.email ?? code, 100),
      CARI_TIP: 'A',
      CARI_ADRES: short([address?.line1, address?.line2].filter(Boolean).join(' '), 100),
      CARI_ILCE: short(address?.city, 15),
      CARI_IL: short(address?.region, 15),
      POSTAKODU: short(address?.postalCode, 8),
      ULKE_KODU: short(address?.country, 4),
      CARI_TEL: short(customer?.phone ?? address?.phone, 20),
      EMAIL: short(customer?.email, 60),
    },
    CariEkBilgi: { CARI_KOD: code },
  };
}

/** A sales order's slip; amounts become JSON numbers with exactly their digits. @throws HubError BAD_USER_INPUT for a currency without a number */
export function orderToNetsis(
  order: OrderSnapshot,
  { number, customerCode }: { number: string; customerCode: string },
  settings: NetsisSettings,
): Record<string, unknown> {
  const date = `${order.placedAt.slice(0, 10)} 00:00:00`;
  const short = (text: string, length: number) => fitText(text, settings.codePage, length);
  const currency = currencyNumber(order.currency, settings);
  return {
    FaturaTip: SALES_ORDER,
    SeriliHesapla: false,
    KayitliNumaraOtomatikGuncellensin: false,
    FatUst: {
      Sube_Kodu: settings.branchCode,
      FATIRS_NO: number,
      CariKod: customerCode,
      Tip: SALES_ORDER,
      TIPI: DOMESTIC,
      ...{ Tarih: date, ENTEGRE_TRH: date, FiiliTarih: date, SIPARIS_TEST: date },
      KDV_DAHILMI: settings.pricesIncludeTax,
      DOVIZTIP: currency,
      Aciklama: short(order.number, 35),
      EKACK1: order.id,
      EKACK2: short(order.number, 100),
      EKACK3: order.status,
      EKACK4: short(order.customer?.name ?? '', 100),
      EKACK5: short(addressLine(order.shippingAddress), 100),
      EKACK6: short(order.deliveryMethod ?? '', 100),
      ...notesToNetsis(order, settings),
    },
    Kalems: order.lines.map((line, index) => ({
      Sira: index + 1,
      ...{ StokKodu: line.sku, DEPO_KODU: settings.warehouseCode, STra_GCMIK: line.quantity },
      ...{ STra_NF: exactNumber(line.unitPrice), STra_BF: exactNumber(line.unitPrice) },
      STra_DOVTIP: currency,
      STra_HTUR: 'H',
      STra_ACIK: short(line.name ?? '', 100),
    })),
  };
}

/** EKACK7 to EKACK16; the first of them always, so that notes that are taken away here are taken away there. */
function notesToNetsis({ notes }: OrderSnapshot, { codePage }: NetsisSettings): Record<string, string> {
  const parts = textParts(notes ?? '', 100, 10);
  return Object.fromEntries(parts.map((part, at) => [`EKACK${at + 7}`, fitText(part, codePage, 100)]));
}

function currencyNumber(currency: string, { localCurrency, currencyNumbers }: NetsisSettings): number {
  if (currency === localCurrency) return 0;
  const number = currencyNumbers[currency];
  if (number !== undefined) return number;
  throw new HubError('BAD_USER_INPUT', `Netsis's number of ${currency} is not known: set it in currencyNumbers.`);
}

function addressLine(address: AddressSnapshot | null): string {
  if (!address) return '';
  const { line1, line2, postalCode, city, region, country } = address;
  return [line1, line2, postalCode, city, region, country].filter(Boolean).join(', ');
}

/** An item as the hub knows it, or what is wrong with it. */
export function productOf(
  { StokTemelBilgi: item }: ItemCard,
  line: number,
  settings: NetsisSettings,
): PulledProduct | RowProblem {
  const column = `Satis_Fiat${settings.priceList}`;
  const price = amountText(item[column] as number | string | null | undefined);
  if (item.Stok_Kodu === '') return problemAt(line, 'Stok_Kodu', '', 'must not be empty');
  if (item[column] != null && (price === null || price.startsWith('-')))
    return problemAt(line, column, item[column], 'must be an amount of at least 0', item.Stok_Kodu);
  return {
    sku: item.Stok_Kodu,
    name: item.Stok_Adi,
    brand: null,
    barcode: codeOf(item['Barkod1']),
    // Zero is how Netsis says that no price is maintained.
    price: price !== null && /[1-9]/.test(price) ? price : null,
    currency: price === null ? null : settings.localCurrency,
  };
}

/** The item's balance; Netsis keeps parts of a unit (kilograms), the hub whole ones: what is not whole is a problem. */
export function stockOf(card: ItemCard, line: number, settings: NetsisSettings): PulledStock | RowProblem {
  const product = productOf(card, line, settings);
  if ('rule' in product) return product;
  const { Miktar, Stok_Kodu: sku } = card.StokTemelBilgi;
  const quantity = amountText(Miktar ?? 0) ?? '';
  if (!/^-?\d+(\.0+)?$/.test(quantity)) {
    return problemAt(line, 'Miktar', Miktar, 'must be a whole number', sku);
  }
  const onHand = Math.max(0, Number(quantity));
  return { ...product, location: '', onHand, reserved: 0, available: onHand };
}

function codeOf(value: unknown): string | null {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
}

/** Letters and digits of a digest, as many as asked for: 5 bits each. */
function fingerprint(text: string, length: number): string {
  const bytes = createHash('sha256').update(text).digest();
  return [...bytes.subarray(0, length)].map((byte) => '0123456789ABCDEFGHJKLMNPQRSTUVWX'[byte & 31]).join('');
}
