import { Field, ID, InputType, Int } from 'type-graphql';
import { OrderStatus } from '../../src/model/statuses.js';
import { DateTime, Decimal, Json } from '../scalars.js';

@InputType()
export class AddressInput {
  @Field(() => String, { nullable: true })
  name?: string | null;

  @Field(() => String, { nullable: true })
  company?: string | null;

  @Field(() => String)
  line1!: string;

  @Field(() => String, { nullable: true })
  line2?: string | null;

  @Field(() => String, { nullable: true })
  city?: string | null;

  @Field(() => String, { nullable: true })
  region?: string | null;

  @Field(() => String, { nullable: true })
  postalCode?: string | null;

  @Field(() => String, { nullable: true, description: 'ISO 3166-1 alpha-2 where it is known.' })
  country?: string | null;

  @Field(() => String, { nullable: true })
  phone?: string | null;
}

@InputType({
  description: 'A customer that the merchant knows by `reference`, or else by `email`; otherwise a new one.',
})
export class CustomerInput {
  @Field(() => String, { nullable: true, description: 'The merchant’s own id of the customer.' })
  reference?: string | null;

  @Field(() => String, { nullable: true })
  name?: string | null;

  @Field(() => String, { nullable: true })
  email?: string | null;

  @Field(() => String, { nullable: true })
  phone?: string | null;

  @Field(() => AddressInput, { nullable: true, description: 'Replaces the one that is known as a whole.' })
  address?: AddressInput | null;
}

@InputType()
export class OrderLineInput {
  @Field(() => String)
  sku!: string;

  @Field(() => String, { nullable: true })
  name?: string | null;

  @Field(() => Int, { description: '1 or more.' })
  quantity!: number;

  @Field(() => Decimal)
  unitPrice!: string;

  @Field(() => Decimal, { nullable: true, description: 'What was charged, where it is not unit price × quantity.' })
  total?: string | null;
}

@InputType({
  description: 'What is left out follows from the lines: no tax, shipping or discount, and the sum of the rest.',
})
export class OrderTotalsInput {
  @Field(() => Decimal, { nullable: true })
  subtotal?: string | null;

  @Field(() => Decimal, { nullable: true })
  tax?: string | null;

  @Field(() => Decimal, { nullable: true })
  shipping?: string | null;

  @Field(() => Decimal, { nullable: true })
  discount?: string | null;

  @Field(() => Decimal, { nullable: true })
  grandTotal?: string | null;
}

@InputType()
export class CreateOrderInput {
  @Field(() => String, { description: 'Unique per merchant.' })
  number!: string;

  @Field(() => String, {
    nullable: true,
    description: 'Default: the caller’s own, or the only merchant that has integrations.',
  })
  merchantId?: string | null;

  @Field(() => String, { description: 'ISO 4217.' })
  currency!: string;

  @Field(() => DateTime, { nullable: true, description: 'Default: now.' })
  placedAt?: string | null;

  @Field(() => OrderStatus, { nullable: true, description: 'Default: PENDING.' })
  status?: OrderStatus | null;

  @Field(() => CustomerInput, { nullable: true })
  customer?: CustomerInput | null;

  @Field(() => [OrderLineInput])
  lines!: OrderLineInput[];

  @Field(() => OrderTotalsInput, { nullable: true })
  totals?: OrderTotalsInput | null;

  @Field(() => AddressInput, { nullable: true })
  shippingAddress?: AddressInput | null;

  @Field(() => AddressInput, { nullable: true })
  billingAddress?: AddressInput | null;

  @Field(() => String, { nullable: true })
  deliveryMethod?: string | null;

  @Field(() => String, { nullable: true })
  notes?: string | null;

  @Field(() => Json, {
    nullable: true,
    description:
      'An object of at most 16 kB: what its systems are sent beside the fields, e.g. `{"delivery_zone":"NORTH"}`.',
  })
  metadata?: Record<string, unknown> | null;

  @Field(() => String, {
    nullable: true,
    description: 'The same key again answers the same order without a second effect.',
  })
  idempotencyKey?: string | null;
}

@InputType({ description: 'What is left out stays as it is; null takes it away, where there can be none.' })
export class UpdateOrderInput {
  @Field(() => ID)
  id!: string;

  @Field(() => CustomerInput, { nullable: true })
  customer?: CustomerInput | null;

  @Field(() => [OrderLineInput], {
    nullable: true,
    description: 'All of them: they take the place of those that it has.',
  })
  lines?: OrderLineInput[] | null;

  @Field(() => OrderTotalsInput, {
    nullable: true,
    description: 'What is left out stays; subtotal and grand total follow where lines or parts are new.',
  })
  totals?: OrderTotalsInput | null;

  @Field(() => AddressInput, { nullable: true, description: 'As a whole.' })
  shippingAddress?: AddressInput | null;

  @Field(() => AddressInput, { nullable: true, description: 'As a whole.' })
  billingAddress?: AddressInput | null;

  @Field(() => String, { nullable: true })
  deliveryMethod?: string | null;

  @Field(() => String, { nullable: true })
  notes?: string | null;

  @Field(() => Json, { nullable: true, description: 'As a whole.' })
  metadata?: Record<string, unknown> | null;

  @Field(() => String, { nullable: true, description: 'The same key again has no second effect.' })
  idempotencyKey?: string | null;
}

@InputType()
export class UpdateOrderStatusInput {
  @Field(() => ID)
  id!: string;

  @Field(() => OrderStatus)
  status!: OrderStatus;

  @Field(() => [String], { nullable: true, description: 'Added to those that the order has.' })
  trackingNumbers?: string[] | null;

  @Field(() => String, { nullable: true })
  idempotencyKey?: string | null;
}
