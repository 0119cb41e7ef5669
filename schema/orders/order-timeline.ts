import { Args, ArgsType, Field, FieldResolver, Int, Resolver } from 'type-graphql';
import { type Connection, PageArgs } from '../connection.js';
import { planned, Read } from '../planned.js';
import { Order } from './order.js';
import { TimelineConnection, type TimelineEntry } from './timeline.js';

@ArgsType()
class TimelineArgs extends PageArgs {
  @Field(() => Int, { nullable: true, defaultValue: 100 })
  override first!: number | null;
}

@Resolver(() => Order)
export class OrderTimeline {
  @FieldResolver(() => TimelineConnection, {
    description: 'Everything that happened to this order and to its invoices, in every system, oldest first.',
  })
  @Read({
    relation: {
      on: (row, entry) =>
        `${entry}.entity_id = any(array(select ${row}.id union all select v.id from invoices v where v.order_id = ${row}.id))` +
        ` and ${entry}.entity_type in ('ORDER', 'INVOICE')`,
    },
    order: [['at', 'asc']],
  })
  timeline(@Args(() => TimelineArgs) _args: TimelineArgs): Connection<TimelineEntry> {
    return planned();
  }
}
