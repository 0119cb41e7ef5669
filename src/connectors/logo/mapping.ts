import { createHash } from 'node:crypto';
import { HubError } from '../../errors.js';
import type { AddressSnapshot, OrderSnapshot } from '../../model/snapshots.js';
import type { OrderStatus } from '../../model/statuses.js';
import { fitText } from '../text/code-pages.js';
import { exactNumber } from '../text/exact-json.js';
import { textParts } from '../text/text-parts.js';
import type { LogoSettings } from './settings.js';

/** DOC_NUMBER, DOC_TRACKING_NR and CUST_ORD_NO. */
const LONGEST_NUMBER = 32;
const LONGEST_ARP_CODE = 17;
/** ORDER_STATUS: a proposal, one that must not be shipped, one that may. */
const PROPOSAL = 1;
const BLOCKED = 2;
const SHIPPABLE = 4;
const BLOCKING: readonly OrderStatus[] = ['ON_HOLD', 'CANCELLED', 'RETURNED', 'REFUNDED', 'FAILED'];

/** What an order is looked for by: its number, the same whenever it is asked for; a fingerprint where that does not fit. */
export function documentNumber({ id, number }: OrderSnapshot): string {
  const isPlain = number.length <= LONGEST_NUMBER && /^[\w./-]+$/.test(number);
  return isPlain ? number : fingerprint(id, LONGEST_NUMBER);
}

/** Tells the hub's orders from those of other programs that use the same number. */
export function trackingNumber({ id }: OrderSnapshot): string {
  return fingerprint(id, LONGEST_NUMBER);
}

/** Whether it is one that the hub has made. */
export const isTrackingNumber = (text: string | null): boolean =>
  text !== null && text.length === LONGEST_NUMBER && /^[0-9A-HJ-NP-X]+$/.test(text);

/** @throws HubError BAD_USER_INPUT when the order has no customer and the settings name no account for such orders */
export function arpCode({ customer }: OrderSnapshot, { arpPrefix, defaultArpCode }: LogoSettings): string {
  if (!customer) {
    if (defaultArpCode) return defaultArpCode;
    throw new HubError('BAD_USER_INPUT', 'The order has no customer: set defaultArpCode on the integration.');
  }
  const { reference } = customer;
  if (reference && reference.length <= LONGEST_ARP_CODE && /^[\w.-]+$/.test(reference)) return reference;
  return arpPrefix + fingerprint(customer.id, LONGEST_ARP_CODE - arpPrefix.length);
}

/** An account for the order's customer; ACCOUNT_TYPE 1 is a buyer. */
export function arpToLogo(code: string, order: OrderSnapshot, settings: LogoSettings): Record<string, unknown> {
  const { customer } = order;
  const address = order.billingAddress ?? order.shippingAddress;
  const short = (text: string | null | undefined, length: number) =>
    text ? fitText(text, settings.codePage, length) : '';
  return {
    ACCOUNT_TYPE: 1,
    CODE: code,
    TITLE: short(customer?.name ?? address?.name ?? customer?.email ?? code, 200),
    ADDRESS1: short(address?.line1, 200),
    ADDRESS2: short(address?.line2, 200),
    TOWN: short(address?.region, 50),
    CITY: short(address?.city, 50),
    COUNTRY_CODE: short(address?.country, 12),
    POSTAL_CODE: short(address?.postalCode, 10),
    TELEPHONE1: short(customer?.phone ?? address?.phone, 50),
    E_MAIL: short(customer?.email, 250),
  };
}

/** A sales order; amounts become JSON numbers with exactly their digits. @throws HubError BAD_USER_INPUT for a currency without a number */
export function orderToLogo(order: OrderSnapshot, code: string, settings: LogoSettings): Record<string, unknown> {
  const short = (text: string, length: number) => fitText(text, settings.codePage, length);
  const currency = currencyNumber(order.currency, settings);
  return {
    NUMBER: '~',
    DATE: `${order.placedAt.slice(0, 10)}T00:00:00`,
    DOC_NUMBER: documentNumber(order),
    DOC_TRACKING_NR: trackingNumber(order),
    CUST_ORD_NO: short(order.number, LONGEST_NUMBER),
    ARP_CODE: code,
    SOURCE_WH: Math.max(0, settings.warehouse),
    ORDER_STATUS: statusToLogo(order.status),
    ...(currency !== null && { CURR_TRANSACTIN: currency, CURRSEL_TOTAL: 2, CURRSEL_DETAILS: 2 }),
    NOTES1: order.status,
    NOTES2: short(addressLine(order.shippingAddress), 50),
    NOTES3: short(order.deliveryMethod ?? '', 50),
    ...notesToLogo(order, settings),
    TRANSACTIONS: {
      items: order.lines.map((line) => ({
        TYPE: 0,
        MASTER_CODE: line.sku,
        QUANTITY: line.quantity,
        PRICE: exactNumber(line.unitPrice),
        ...(currency !== null && { CURR_PRICE: currency, PC_PRICE: exactNumber(line.unitPrice) }),
        VAT_INCLUDED: settings.vatIncluded ? 1 : 0,
        UNIT_CODE: settings.unitCode,
        SOURCE_WH: Math.max(0, settings.warehouse),
        DESCRIPTION: short(line.name ?? '', 250),
      })),
    },
  };
}

/** NOTES4 to NOTES6: all three, so that what is taken away here is taken away there. */
function notesToLogo({ notes }: OrderSnapshot, { codePage }: LogoSettings): Record<string, string> {
  const parts = textParts(notes ?? '', 50, 3);
  return Object.fromEntries([0, 1, 2].map((at) => [`NOTES${at + 4}`, fitText(parts[at] ?? '', codePage, 50)]));
}

/** ORDER_STATUS of an order that is so in the hub. */
export function statusToLogo(status: OrderStatus): number {
  if (status === 'PENDING') return PROPOSAL;
  return BLOCKING.includes(status) ? BLOCKED : SHIPPABLE;
}

/** Null: the currency of the books. */
function currencyNumber(currency: string, { localCurrency, currencyNumbers }: LogoSettings): number | null {
  if (currency === localCurrency) return null;
  const number = currencyNumbers[currency];
  if (number !== undefined) return number;
  throw new HubError('BAD_USER_INPUT', `Logo's number of ${currency} is not known: set it in currencyNumbers.`);
}

function addressLine(address: AddressSnapshot | null): string {
  if (!address) return '';
  const { line1, line2, postalCode, city, region, country } = address;
  return [line1, line2, postalCode, city, region, country].filter(Boolean).join(', ');
}

/** Letters and digits of a digest, as many as asked for: 5 bits each. */
function fingerprint(text: string, length: number): string {
  const bytes = createHash('sha256').update(text).digest();
  return [...bytes.subarray(0, length)].map((byte) => '0123456789ABCDEFGHJKLMNPQRSTUVWX'[byte & 31]).join('');
}
