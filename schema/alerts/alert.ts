import { Arg, Ctx, Field, Float, ID, Mutation, ObjectType, Query, Resolver } from 'type-graphql';
import { acknowledgeAlert } from '../../src/flow/alerts/acknowledge-alert.js';
import { Allow, rowAt } from '../allow.js';
import type { HubContext } from '../context.js';
import { Integration } from '../integrations/integration.js';
import { mutate } from '../mutate.js';
import { MutationPayload } from '../mutation-payload.js';
import { Node } from '../node.js';
import { Order } from '../orders/order.js';
import { planned, Read } from '../planned.js';
import { DateTime } from '../scalars.js';

@ObjectType({ implements: Node, simpleResolvers: true, description: 'Something that needs a person.' })
@Allow('viewer', 'viewStatus')
export class Alert extends Node {
  @Field(() => String, { nullable: true })
  merchantId!: string | null;

  @Field(() => Integration, { nullable: true })
  integration!: Integration | null;

  @Field(() => Order, { nullable: true, description: 'Where it is about one order.' })
  order!: Order | null;

  @Field(() => String)
  kind!: string;

  @Field(() => String)
  severity!: string;

  @Field(() => String)
  message!: string;

  @Field(() => String, { description: 'What to do.' })
  advice!: string;

  @Field(() => String, { nullable: true, description: 'An operation of this schema that mends it, or shows more.' })
  remedy!: string | null;

  @Field(() => String, { nullable: true, description: 'Where that is at hand, below the hub’s address.' })
  link!: string | null;

  @Field(() => ID, { nullable: true, description: 'The rule that opened it; see `alertRules`.' })
  ruleId!: string | null;

  @Field(() => Float, { nullable: true, description: 'What was measured then, in the unit of the rule’s threshold.' })
  measured!: number | null;

  @Field(() => Float, { nullable: true, description: 'The threshold then.' })
  threshold!: number | null;

  @Field(() => DateTime)
  openedAt!: string;

  @Field(() => DateTime, { nullable: true })
  acknowledgedAt!: string | null;

  @Field(() => String, { nullable: true, description: 'Who looks after it.' })
  acknowledgedBy!: string | null;

  @Field(() => DateTime, { nullable: true })
  closedAt!: string | null;
}

@ObjectType({ implements: MutationPayload, simpleResolvers: true })
export class AlertPayload extends MutationPayload {
  @Field(() => Alert, { nullable: true })
  alert!: string | null;
}

@Resolver()
export class AlertQueries {
  @Allow('viewer', 'viewStatus')
  @Query(() => [Alert], {
    description: 'Newest first, at most 500. `open`: only those that are open, or only closed ones.',
  })
  @Read({
    order: [['openedAt', 'desc']],
    limit: 500,
    where: (row, arg) => {
      const open = arg('open', 'boolean');
      return open === null ? 'true' : `(${row}.closed_at is null) = ${open}`;
    },
  })
  alerts(@Arg('open', () => Boolean, { nullable: true }) _open?: boolean): Alert[] {
    return planned();
  }

  @Allow('operator', 'manage', rowAt('alert'))
  @Mutation(() => AlertPayload, { description: 'Operators. Says that somebody looks after an open alert.' })
  acknowledgeAlert(@Arg('id', () => ID) id: string, @Ctx() context: HubContext): Promise<AlertPayload> {
    const info = { action: 'alert.acknowledge', failed: { alert: null } };
    return mutate(context, info, async (...hub) => ({ alert: await acknowledgeAlert(...hub, id) }));
  }
}
