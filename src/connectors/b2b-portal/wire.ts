import { z } from 'zod';
import { decimalText } from '../text/exact-json.js';
import { bareOrUnderData, succeeded } from '../upstream/answer-shapes.js';

/** Ids are text; a portal that numbers its rows is read all the same. */
const Id = z
  .union([z.string().min(1).max(255), z.int()], { error: 'must be text of 1 to 255 characters' })
  .transform(String);
const Status = z.string().min(1).max(100);

/** ISO 8601 with its zone, in UTC with every digit that the source gave below the second. */
const Instant = z.iso.datetime({ offset: true, error: 'must be an ISO 8601 time with its zone' }).transform((text) => {
  const fraction = /\.(\d+)/.exec(text)?.[1] ?? '';
  return `${new Date(text).toISOString().slice(0, 19)}.${fraction.slice(0, 6).padEnd(3, '0')}Z`;
});

const Amount = z.union([z.number(), z.string()]).transform((value, context) => {
  const decimal = decimalText(value);
  if (decimal !== null && !decimal.startsWith('-')) return decimal;
  context.addIssue({ code: 'custom', message: 'must be a decimal of at least 0' });
  return z.NEVER;
});

const numbers = { order_number: Id.nullish(), invoice_number: Id.nullish() };
/** Of an answer: the write is done, whatever it says beside the id. */
const saidNumbers = {
  order_number: numbers.order_number.catch(null),
  invoice_number: numbers.invoice_number.catch(null),
};

/** The answer to a create. */
export const CreatedEntity = succeeded.pipe(bareOrUnderData(z.object({ id: Id, ...saidNumbers })));
export type CreatedEntity = z.infer<typeof CreatedEntity>;

/** The answer to an update: it need not say anything, unless that it failed. */
export const UpdatedEntity = succeeded.pipe(bareOrUnderData(z.object({ id: Id.nullish(), ...saidNumbers })));

/** A refusal of a create (409) that shows what is there already. */
export const ExistingEntity = bareOrUnderData(
  z.object({ id: Id, ...numbers, erp_order_id: Id.nullish(), erp_invoice_id: Id.nullish() }),
);

const entityFields = {
  id: Id,
  status: Status.nullish(),
  ...numbers,
  erp_order_id: Id.nullish(),
  erp_invoice_id: Id.nullish(),
  tracking_numbers: z.array(z.string().max(255)).max(1000).nullish(),
  paid_date: Instant.nullish(),
  paid_amount: Amount.nullish(),
  // The document knows neither: what has another form says nothing.
  notes: z.string().max(10_000).nullish().catch(null),
  metadata: z.record(z.string().max(255), z.unknown()).nullish().catch(null),
};

/** The answer to a question about one order or invoice: it need not repeat which. */
export const ReadAnswer = bareOrUnderData(
  z.object({
    ...entityFields,
    ...saidNumbers,
    id: Id.nullish(),
    status: Status,
    updated_at: Instant.nullish().catch(null),
  }),
);
export type ReadEntity = z.infer<typeof ReadAnswer> & { id: string };

/** A webhook's body. */
export const PortalEvent = z.object({
  id: Id,
  event: z.string().min(1).max(100),
  timestamp: Instant,
  entity_type: z.string().max(50).nullish(),
  data: z.object(entityFields),
});
export type PortalEvent = z.infer<typeof PortalEvent>;
