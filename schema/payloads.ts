import { Field, Int, ObjectType } from 'type-graphql';
import { Integration } from './integrations/integration.js';
import { Invoice } from './invoices/invoice.js';
import { Job } from './jobs/job.js';
import { MutationPayload } from './mutation-payload.js';
import { Order } from './orders/order.js';
import { SyncEvent } from './sync/sync-event.js';

/** Nouns are given by their ids and read by the planner. */
@ObjectType({ implements: MutationPayload, simpleResolvers: true })
export class OrderPayload extends MutationPayload {
  @Field(() => Order, { nullable: true })
  order!: string | null;
}

@ObjectType({ implements: MutationPayload, simpleResolvers: true })
export class InvoicePayload extends MutationPayload {
  @Field(() => Invoice, { nullable: true })
  invoice!: string | null;
}

@ObjectType({ implements: MutationPayload, simpleResolvers: true })
export class SyncPayload extends MutationPayload {
  @Field(() => SyncEvent, { nullable: true })
  syncEvent!: string | null;
}

@ObjectType({ implements: MutationPayload, simpleResolvers: true })
export class IntegrationPayload extends MutationPayload {
  @Field(() => Integration, { nullable: true })
  integration!: string | null;
}

@ObjectType({
  implements: MutationPayload,
  simpleResolvers: true,
  description: 'What the integration’s system said just now.',
})
export class ConnectionTestPayload extends MutationPayload {
  @Field(() => Integration, { nullable: true })
  integration!: string | null;

  @Field(() => Boolean, { description: 'Whether the system answered that it is well.' })
  ok!: boolean;

  @Field(() => Int, { nullable: true })
  latencyMs!: number | null;

  @Field(() => String, { nullable: true })
  errorCode!: string | null;

  @Field(() => String, { nullable: true })
  errorMessage!: string | null;

  @Field(() => String, { nullable: true, description: 'What to do about that code.' })
  remedy!: string | null;
}

@ObjectType({ implements: MutationPayload, simpleResolvers: true })
export class JobPayload extends MutationPayload {
  @Field(() => Job, { nullable: true })
  job!: Job | null;
}
