import { Arg, Ctx, Field, ID, InputType, Mutation, Resolver } from 'type-graphql';
import { createInvoice } from '../../src/flow/invoices/create-invoice.js';
import { updateInvoice } from '../../src/flow/invoices/update-invoice.js';
import { updateInvoiceStatus } from '../../src/flow/invoices/update-invoice-status.js';
import { InvoiceStatus } from '../../src/model/statuses.js';
import { Allow } from '../allow.js';
import type { HubContext } from '../context.js';
import { mutate } from '../mutate.js';
import { InvoicePayload } from '../payloads.js';
import { DateTime, Decimal } from '../scalars.js';

@InputType({ description: 'Amounts that are left out are those of the order.' })
export class CreateInvoiceInput {
  @Field(() => ID)
  orderId!: string;

  @Field(() => String, { description: 'Unique per merchant.' })
  number!: string;

  @Field(() => InvoiceStatus, { nullable: true, description: 'Default: ISSUED.' })
  status?: InvoiceStatus | null;

  @Field(() => Decimal, { nullable: true })
  subtotal?: string | null;

  @Field(() => Decimal, { nullable: true })
  tax?: string | null;

  @Field(() => Decimal, { nullable: true })
  total?: string | null;

  @Field(() => DateTime, { nullable: true, description: 'Default: now.' })
  issuedAt?: string | null;

  @Field(() => DateTime, { nullable: true })
  dueAt?: string | null;

  @Field(() => String, { nullable: true })
  notes?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The same key again answers the same invoice without a second effect.',
  })
  idempotencyKey?: string | null;
}

@InputType({ description: 'What is left out stays as it is; null takes it away, where there can be none.' })
export class UpdateInvoiceInput {
  @Field(() => ID)
  id!: string;

  @Field(() => Decimal, { nullable: true })
  subtotal?: string | null;

  @Field(() => Decimal, { nullable: true })
  tax?: string | null;

  @Field(() => Decimal, {
    nullable: true,
    description: 'Default: subtotal and tax together where one of them is given.',
  })
  total?: string | null;

  @Field(() => DateTime, { nullable: true })
  issuedAt?: string | null;

  @Field(() => DateTime, { nullable: true })
  dueAt?: string | null;

  @Field(() => String, { nullable: true })
  notes?: string | null;

  @Field(() => String, { nullable: true, description: 'The same key again has no second effect.' })
  idempotencyKey?: string | null;
}

@InputType()
export class UpdateInvoiceStatusInput {
  @Field(() => ID)
  id!: string;

  @Field(() => InvoiceStatus)
  status!: InvoiceStatus;

  @Field(() => DateTime, { nullable: true, description: 'Default for what is paid: now.' })
  paidAt?: string | null;

  @Field(() => Decimal, { nullable: true, description: 'Default for PAID: the total. PARTIALLY_PAID needs it.' })
  paidAmount?: string | null;

  @Field(() => String, { nullable: true })
  idempotencyKey?: string | null;
}

const NONE = { invoice: null };

@Resolver()
export class InvoiceMutations {
  @Allow('operator')
  @Mutation(() => InvoicePayload, {
    description: 'Operators. One sync event for each integration that takes invoices.',
  })
  createInvoice(
    @Arg('input', () => CreateInvoiceInput) input: CreateInvoiceInput,
    @Ctx() context: HubContext,
  ): Promise<InvoicePayload> {
    const info = { action: 'invoice.create', argument: 'input', failed: NONE };
    return mutate(context, info, async (...hub) => ({ invoice: await createInvoice(...hub, input) }));
  }

  @Allow('operator')
  @Mutation(() => InvoicePayload, {
    description:
      'Operators. Changes what an invoice says, until it has ended; one sync event for each integration that has it. What changes nothing has no effect.',
  })
  updateInvoice(
    @Arg('input', () => UpdateInvoiceInput) input: UpdateInvoiceInput,
    @Ctx() context: HubContext,
  ): Promise<InvoicePayload> {
    const info = { action: 'invoice.update', argument: 'input', failed: NONE };
    return mutate(context, info, async (...hub) => ({ invoice: await updateInvoice(...hub, input) }));
  }

  @Allow('operator')
  @Mutation(() => InvoicePayload, { description: 'Operators. The status that it has already has no effect.' })
  updateInvoiceStatus(
    @Arg('input', () => UpdateInvoiceStatusInput) input: UpdateInvoiceStatusInput,
    @Ctx() context: HubContext,
  ): Promise<InvoicePayload> {
    const info = { action: 'invoice.update_status', argument: 'input', failed: NONE };
    return mutate(context, info, async (...hub) => ({ invoice: await updateInvoiceStatus(...hub, input) }));
  }
}
