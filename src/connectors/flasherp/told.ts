import type { AddressSnapshot } from '../../model/snapshots.js';
import { BillingInterval } from '../../model/statuses.js';
import type { ToldFields } from '../told-fields.js';
import type { FlashErpType } from './mapping.js';
import type { FlashErpRecord } from './wire.js';

/** What a record says beside its status, in the hub's words; a text without characters says nothing. */
export function toldOf(entityType: FlashErpType, record: FlashErpRecord): ToldFields {
  return TOLD[entityType](record);
}

const TOLD: Record<FlashErpType, (record: FlashErpRecord) => ToldFields> = {
  CUSTOMER: (one) => ({
    ...{ name: said(one.name), email: said(one.email), phone: said(one.phone) },
    address: addressFromFlashErp(one.address),
  }),
  TRANSACTION: (one) => ({ ...moneyOf(one), description: said(one.description) }),
  BILLING_SUBSCRIPTION: (one) => ({
    ...moneyOf(one),
    plan: said(one.plan),
    interval: known(BillingInterval, one.interval),
    startedAt: one.started_at ?? null,
    currentPeriodStart: one.current_period_start ?? null,
    currentPeriodEnd: one.current_period_end ?? null,
    cancelAtPeriodEnd: one.cancel_at_period_end ?? null,
  }),
  INVOICE: (one) => ({
    ...{ subtotal: one.subtotal ?? null, tax: one.tax ?? null, total: one.total ?? null },
    ...{ currency: one.currency ?? null, issuedAt: one.issued_at ?? null, dueAt: one.due_at ?? null },
    ...{ paidAt: one.paid_at ?? null, paidAmount: one.paid_amount ?? null, notes: said(one.notes) },
  }),
};

const moneyOf = ({ amount, currency }: FlashErpRecord) => ({ amount: amount ?? null, currency: currency ?? null });

const said = (text: string | null | undefined) => (text == null || text.trim() === '' ? null : text);

/** The hub's word; null for what it has no word for. */
export function known<Word extends string>(words: Record<Word, Word>, word: string | null | undefined): Word | null {
  const wanted = word?.toUpperCase() ?? '';
  return Object.hasOwn(words, wanted) ? (wanted as Word) : null;
}

/** Null: there is none, or one without a street. */
export function addressFromFlashErp(address: FlashErpRecord['address']): AddressSnapshot | null {
  const parts = typeof address === 'string' ? { line1: address } : (address ?? {});
  const line1 = said(parts.line1 ?? parts.street);
  if (line1 === null) return null;
  const { name, company, line2, city, country, phone } = parts;
  return {
    ...{ name: said(name), company: said(company), line1, line2: said(line2), city: said(city) },
    ...{ region: said(parts.region ?? parts.state), postalCode: said(parts.postal_code ?? parts.zip) },
    ...{ country: said(country), phone: said(phone) },
  };
}
