import { Arg, Args, Field, InputType, Int, ObjectType, Query, Resolver } from 'type-graphql';
import { Allow } from '../allow.js';
import { type Connection, connectionOf, filteredBy, PageArgs } from '../connection.js';
import { Node } from '../node.js';
import { FilterBy, Key, planned, Read } from '../planned.js';
import { DateTime, Decimal } from '../scalars.js';
import { productAgeSql, productReadAtSql, productSourceSql, productWarningSql } from './stock-freshness.js';

@ObjectType({ implements: Node, simpleResolvers: true })
@Key('merchantId', 'sku')
export class Product extends Node {
  @Field(() => String)
  merchantId!: string;

  @Field(() => String)
  sku!: string;

  @Field(() => String)
  name!: string;

  @Field(() => String, { nullable: true })
  brand!: string | null;

  @Field(() => String, { nullable: true })
  barcode!: string | null;

  @Field(() => Decimal, { nullable: true })
  price!: string | null;

  @Field(() => String, { nullable: true })
  currency!: string | null;

  @Field(() => String, { nullable: true, description: 'Content of THC as the source says it, with its unit.' })
  thc!: string | null;

  @Field(() => String, { nullable: true })
  batchNumber!: string | null;

  @Field(() => String, { nullable: true, description: 'Address of the certificate of analysis.' })
  coaLink!: string | null;

  @Field(() => String, {
    description:
      '`live`; `stale_cache` when its system could not be read the last time, or not for so long that this may be out of date.',
  })
  @Read({ expression: { sql: productSourceSql, type: 'text' } })
  source!: string;

  @Field(() => DateTime, { description: 'When its system was read.' })
  @Read({ expression: { sql: productReadAtSql, type: 'timestamptz' } })
  readAt!: string;

  @Field(() => Int, { description: 'Seconds since then.' })
  @Read({ expression: { sql: productAgeSql, type: 'integer' } })
  ageSeconds!: number;

  @Field(() => String, { nullable: true, description: 'What to know before one relies on it: set where it is stale.' })
  @Read({ expression: { sql: productWarningSql, type: 'text', nullable: true } })
  warning!: string | null;

  @Field(() => DateTime)
  createdAt!: string;

  @Field(() => DateTime)
  updatedAt!: string;
}

const ProductConnection = connectionOf('Product', () => Product);

@InputType()
export class ProductFilter {
  @Field(() => String, { nullable: true })
  merchantId?: string | null;

  @Field(() => String, { nullable: true })
  skuStartsWith?: string | null;

  @Field(() => String, { nullable: true })
  brand?: string | null;

  @Field(() => String, { nullable: true, description: 'A part of the SKU, name or barcode.' })
  @FilterBy({ own: ['sku', 'name', 'barcode'] })
  search?: string | null;
}

const ProductsArgs = filteredBy(() => ProductFilter);

@Resolver()
export class ProductQueries {
  @Allow('viewer')
  @Query(() => Product, { nullable: true, description: 'The newest where several merchants use the SKU.' })
  product(@Arg('sku', () => String) _sku: string): Product | null {
    return planned();
  }

  @Allow('viewer')
  @Query(() => ProductConnection, { description: 'By SKU.' })
  @Read({ order: [['sku', 'asc']] })
  products(@Args(() => ProductsArgs) _args: PageArgs): Connection<Product> {
    return planned();
  }
}
