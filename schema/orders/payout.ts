import { Field, ObjectType } from 'type-graphql';
import { Node } from '../node.js';
import { DateTime, Decimal } from '../scalars.js';

@ObjectType({
  implements: Node,
  simpleResolvers: true,
  description: 'A recipient’s part of an order’s total; the parts of one order sum to it.',
})
export class Payout extends Node {
  @Field(() => String)
  recipient!: string;

  @Field(() => Decimal)
  share!: string;

  @Field(() => Decimal)
  amount!: string;

  @Field(() => String)
  currency!: string;

  @Field(() => DateTime)
  createdAt!: string;

  @Field(() => DateTime, { nullable: true, description: 'When its order was cancelled or refunded: nothing is due.' })
  voidedAt!: string | null;
}
