import { z } from 'zod';
import { decimalText } from '../text/exact-json.js';
import { bareOrUnderData, isObject, succeeded } from '../upstream/answer-shapes.js';

const Id = z
  .union([z.string().min(1).max(255), z.int()], { error: 'must be text of 1 to 255 characters' })
  .transform(String);

/** ISO 8601 with its zone, or Unix seconds; as ISO 8601 in UTC. */
const Instant = z.union([z.iso.datetime({ offset: true }), z.int().min(0).max(253_402_300_799)]).transform((value) => {
  return new Date(typeof value === 'number' ? value * 1000 : value).toISOString();
});

const Amount = z.union([z.number(), z.string()]).transform((value, context) => {
  const decimal = decimalText(value);
  if (decimal !== null) return decimal;
  context.addIssue({ code: 'custom', message: 'must be a decimal' });
  return z.NEVER;
});

const text = z.string().max(1000).nullish();

const Address = z.union([
  text,
  z.object({
    ...{ name: text, company: text, line1: text, line2: text, street: text, city: text, region: text, state: text },
    ...{ postal_code: text, zip: text, country: text, phone: text },
  }),
]);

const fields = {
  id: Id,
  /** The hub's id of it. */
  hub_id: text,
  reference: text,
  number: text,
  status: z.string().min(1).max(100).nullish(),
  name: text,
  email: text,
  phone: text,
  address: Address.catch(null),
  plan: text,
  type: text,
  amount: Amount.nullish(),
  total: Amount.nullish(),
  paid_amount: Amount.nullish(),
  currency: text,
  interval: text,
  description: text,
  notes: text,
  subtotal: Amount.nullish(),
  tax: Amount.nullish(),
  customer_id: Id.nullish(),
  order_number: text,
  occurred_at: Instant.nullish(),
  started_at: Instant.nullish(),
  issued_at: Instant.nullish(),
  due_at: Instant.nullish(),
  current_period_start: Instant.nullish(),
  current_period_end: Instant.nullish(),
  cancel_at_period_end: z.boolean().nullish(),
  paid_at: Instant.nullish(),
  updated_at: Instant.nullish(),
};

/** Whatever FlashERP tells about one record, bare or under `data`. */
export const FlashErpRecord = bareOrUnderData(z.object(fields));
export type FlashErpRecord = z.infer<typeof FlashErpRecord>;

/** The answer to a create: it is done, whatever is said beside the id, unless that it failed. */
export const CreatedRecord = succeeded.pipe(bareOrUnderData(z.object({ id: Id })));

/** The answer to an update: it need not say anything, unless that it failed. */
export const UpdatedRecord = succeeded.pipe(bareOrUnderData(z.object({ id: Id.nullish() })));

/** A refusal of a create (409) that shows what is there already. */
export const ExistingRecord = bareOrUnderData(z.object({ id: Id, hub_id: text }));

/** A page of a list, bare or under `data`; one of its records may be unreadable. */
export const FlashErpPage = z.preprocess(
  (body) => (isObject(body) && Array.isArray(body['data']) ? body['data'] : body),
  z.array(z.unknown()),
);

const CURRENCIES = new Set(Intl.supportedValuesOf('currency'));
const Currency = z
  .string()
  .transform((code) => code.toUpperCase())
  .refine((code) => CURRENCIES.has(code), 'is not an ISO 4217 currency such as "EUR"');

/** An amount as the hub keeps it. */
const Exactly = Amount.refine(
  (amount) => /^\d{1,20}(\.\d{1,10})?$/.test(amount),
  'must be a decimal of at most 10 places, not below zero',
).nullish();
const EXACT = { amount: Exactly, subtotal: Exactly, tax: Exactly, total: Exactly, paid_amount: Exactly };

/** A webhook's body: what it tells is taken, so it is read more strictly than an answer. */
export const FlashErpEvent = z
  .object({
    id: Id,
    type: z.string().min(1).max(100).optional(),
    event: z.string().min(1).max(100).optional(),
    created_at: Instant.nullish(),
    timestamp: Instant.nullish(),
    data: z.object({ ...fields, ...EXACT, address: Address, currency: Currency.nullish() }),
  })
  .transform((event, context) => {
    const type = event.type ?? event.event;
    if (type !== undefined) return { ...event, type };
    context.addIssue({ code: 'custom', path: ['type'], message: 'is missing' });
    return z.NEVER;
  });
export type FlashErpEvent = z.infer<typeof FlashErpEvent>;
