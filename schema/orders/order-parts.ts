import { Field, Int, ObjectType } from 'type-graphql';
import { Shareable } from '../planned.js';
import { Decimal } from '../scalars.js';

@ObjectType({ simpleResolvers: true })
export class OrderLine {
  @Field(() => Int, { description: 'The line’s place in the order, from 1.' })
  lineNo!: number;

  @Field(() => String)
  sku!: string;

  @Field(() => String, { nullable: true })
  name!: string | null;

  @Field(() => Int)
  quantity!: number;

  @Field(() => Decimal)
  unitPrice!: string;

  @Field(() => Decimal)
  total!: string;
}

@ObjectType({ simpleResolvers: true, description: 'Exact amounts in the order’s currency.' })
@Shareable()
export class OrderTotals {
  @Field(() => Decimal)
  subtotal!: string;

  @Field(() => Decimal)
  tax!: string;

  @Field(() => Decimal)
  shipping!: string;

  @Field(() => Decimal)
  discount!: string;

  @Field(() => Decimal)
  grandTotal!: string;
}
