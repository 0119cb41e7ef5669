import { Args, Field, InputType, ObjectType, Query, Resolver } from 'type-graphql';
import { Allow } from '../allow.js';
import { type Connection, connectionOf, filteredBy, PageArgs } from '../connection.js';
import { Node } from '../node.js';
import { planned, Read } from '../planned.js';
import { DateTime, Decimal } from '../scalars.js';

@ObjectType({
  implements: Node,
  simpleResolvers: true,
  description: 'A maker whose products a merchant has; names that differ in case only are one.',
})
export class Brand extends Node {
  @Field(() => String)
  merchantId!: string;

  @Field(() => String)
  name!: string;

  @Field(() => Decimal, {
    nullable: true,
    description:
      'Its part of what its products earn, in percent; null: the merchant’s usual part, which is 70 unless it is set.',
  })
  payoutPercent!: string | null;

  @Field(() => DateTime)
  createdAt!: string;
}

const BrandConnection = connectionOf('Brand', () => Brand);

@InputType()
class BrandFilter {
  @Field(() => String, { nullable: true })
  merchantId?: string | null;
}

const BrandsArgs = filteredBy(() => BrandFilter);

@Resolver()
export class BrandQueries {
  @Allow('viewer')
  @Query(() => BrandConnection, { description: 'By name. They come into being with the first product of theirs.' })
  @Read({ order: [['name', 'asc']] })
  brands(@Args(() => BrandsArgs) _args: PageArgs): Connection<Brand> {
    return planned();
  }
}
