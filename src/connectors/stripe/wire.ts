import { z } from 'zod';

const Id = z
  .union([z.string().min(1).max(255), z.int()], { error: 'must be text of 1 to 255 characters' })
  .transform(String);
/** An object's id, or the object itself where the endpoint expands it. */
const Expandable = z.union([z.string().min(1).max(255), z.looseObject({ id: z.string().min(1).max(255) })]);
/** Unix seconds. */
const Time = z.int().min(0).max(253_402_300_799);
/** In the currency's smallest unit. */
const Units = z.int().min(0);
const CURRENCIES = new Set(Intl.supportedValuesOf('currency'));
const Currency = z
  .string()
  .transform((code) => code.toUpperCase())
  .refine((code) => CURRENCIES.has(code), 'must be an ISO 4217 currency such as eur');

/** How shops name the order in a payment's metadata: by the hub's id or its number, in either spelling. */
const Metadata = z.looseObject({
  order_id: Id.nullish(),
  orderId: Id.nullish(),
  order_number: Id.nullish(),
  orderNumber: Id.nullish(),
  customer_id: Id.nullish(),
});

/** What the hub reads of an event; the rest is kept with the payload. */
export const StripeEvent = z.object({
  id: z.string().min(1).max(255),
  type: z.string().min(1).max(100),
  created: Time,
  data: z.object({
    object: z.looseObject({
      id: z.string().min(1).max(255),
      metadata: Metadata.nullish(),
      client_reference_id: Id.nullish(),
      customer: Expandable.nullish(),
      payment_intent: Expandable.nullish(),
      status: z.string().nullish(),
      payment_status: z.string().nullish(),
      refunded: z.boolean().nullish(),
    }),
  }),
});
export type StripeEvent = z.infer<typeof StripeEvent>;

const about = <T extends z.ZodType>(object: T) => z.object({ data: z.object({ object }) });

/** A payment intent, a charge, or a checkout. */
export const StripePayment = about(
  z.object({
    amount: Units.nullish(),
    amount_received: Units.nullish(),
    amount_captured: Units.nullish(),
    amount_total: Units.nullish(),
    amount_refunded: Units.nullish(),
    currency: Currency.nullish(),
    description: z.string().nullish(),
    created: Time.nullish(),
  }),
);

const Item = z.object({
  quantity: z.int().min(0).nullish(),
  current_period_start: Time.nullish(),
  current_period_end: Time.nullish(),
  price: z.object({
    id: z.string().min(1).max(255),
    nickname: z.string().nullish(),
    unit_amount: Units.nullish(),
    recurring: z.object({ interval: z.enum(['day', 'week', 'month', 'year']) }).nullish(),
  }),
});

export const StripeSubscription = about(
  z.object({
    status: z.string().min(1).max(100),
    currency: Currency,
    items: z.object({ data: z.tuple([Item], Item) }),
    start_date: Time.nullish(),
    current_period_start: Time.nullish(),
    current_period_end: Time.nullish(),
    cancel_at_period_end: z.boolean().nullish(),
    canceled_at: Time.nullish(),
  }),
);
export type StripeSubscription = z.infer<typeof StripeSubscription>['data']['object'];

/** The id of something that may be expanded. */
export const idOf = (one: z.infer<typeof Expandable> | null | undefined): string | null =>
  typeof one === 'string' ? one : (one?.id ?? null);
