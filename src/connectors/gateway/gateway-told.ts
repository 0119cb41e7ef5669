import { z } from 'zod';
import { BillingInterval, type EntityType } from '../../model/statuses.js';
import type { InboundEvent } from '../inbound-event.js';
import { metadataContents } from '../order-contents.js';
import { decimalText } from '../text/exact-json.js';
import { TOLD_FIELDS, type ToldFields, type ToldKind } from '../told-fields.js';
import { readShape } from '../webhook-body.js';

const text = (most: number) =>
  z
    .union([z.string(), z.number()], { error: 'must be text' })
    .transform((value) => String(value).trim() || null)
    .pipe(z.string().max(most).nullable())
    .nullish();
const Text = text(1000);
const Amount = z
  .union([z.string(), z.number()], { error: 'must be a decimal' })
  .transform((value) => decimalText(value) ?? '')
  .pipe(z.string().regex(/^\d{1,20}(\.\d{1,10})?$/, 'must be a decimal of at least 0 such as 29.99'))
  .nullish();
const Instant = z.iso
  .datetime({ offset: true, error: 'must be an ISO 8601 time with its zone' })
  .transform((at) => new Date(at).toISOString())
  .nullish();
const CURRENCIES = new Set(Intl.supportedValuesOf('currency'));
const Currency = z
  .string()
  .transform((code) => code.toUpperCase())
  .refine((code) => CURRENCIES.has(code), 'must be an ISO 4217 currency such as EUR')
  .nullish();
const Interval = z
  .string()
  .transform((word) => word.toUpperCase())
  .pipe(z.enum(BillingInterval))
  .nullish();
const Address = z
  .object({
    ...{ name: Text, company: Text, line1: Text, line2: Text, city: Text },
    ...{ region: Text, postalCode: Text, country: Text, phone: Text },
  })
  .nullish();

const FIELDS = {
  ...{ name: Text, email: text(320), phone: text(64), address: Address, plan: Text, description: Text },
  ...{ amount: Amount, subtotal: Amount, tax: Amount, total: Amount, paidAmount: Amount, currency: Currency },
  ...{ interval: Interval, cancelAtPeriodEnd: z.boolean().nullish(), notes: text(10_000) },
  ...{
    currentPeriodStart: Instant,
    currentPeriodEnd: Instant,
    startedAt: Instant,
    issuedAt: Instant,
    dueAt: Instant,
    paidAt: Instant,
  },
} satisfies Record<keyof ToldFields, z.ZodType>;

const shapeOf = (kind: ToldKind): z.ZodType<{ data: ToldFields }> => {
  const fields = TOLD_FIELDS[kind].map((field) => [field, FIELDS[field]] as const);
  return z.object({ data: z.object(Object.fromEntries(fields)) });
};
const SHAPES = Object.fromEntries(
  (Object.keys(TOLD_FIELDS) as ToldKind[]).map((kind) => [kind, shapeOf(kind)]),
) as Partial<Record<EntityType, ReturnType<typeof shapeOf>>>;
const OfOrder = z.object({
  data: z.object({ notes: text(10_000), metadata: z.record(z.string().max(255), z.unknown()).nullish() }),
});

/**
 * What a gateway event says of its entity in the hub's own words, beside its status.
 * @throws HubError INVALID_SHAPE with the path of the first wrong field
 */
export function toldIn(entityType: EntityType, payload: unknown): Pick<InboundEvent, 'contents'> & ToldFields {
  if (entityType === 'ORDER') {
    const { notes, metadata } = readShape(payload, OfOrder).data;
    const contents = { ...(notes && { notes }), ...metadataContents(metadata) };
    return Object.keys(contents).length > 0 ? { contents } : {};
  }
  const shape = SHAPES[entityType];
  return shape
    ? Object.fromEntries(Object.entries(readShape(payload, shape).data).filter(([, value]) => value != null))
    : {};
}
