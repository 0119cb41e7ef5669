import { Args, Field, FieldResolver, ID, InputType, Int, ObjectType, Query, Resolver } from 'type-graphql';
import { Allow } from '../allow.js';
import { type Connection, connectionOf, filteredBy, PageArgs } from '../connection.js';
import { Integration } from '../integrations/integration.js';
import { Node } from '../node.js';
import { FilterBy, planned, Read } from '../planned.js';
import { DateTime } from '../scalars.js';
import { Product } from './product.js';
import { ageSql, readAtSql, sourceSql, warningSql } from './stock-freshness.js';

@ObjectType({
  implements: Node,
  simpleResolvers: true,
  description: 'Stock of one SKU at one location, as one integration reports it.',
})
@Allow('viewer')
export class InventoryLevel extends Node {
  @Field(() => String)
  merchantId!: string;

  @Field(() => Integration)
  integration!: Integration;

  @Field(() => Product, { nullable: true })
  product!: Product | null;

  @Field(() => String)
  sku!: string;

  @Field(() => String, { description: 'Empty where the system has one location only.' })
  location!: string;

  @Field(() => Int)
  onHand!: number;

  @Field(() => Int)
  reserved!: number;

  @Field(() => Int)
  available!: number;

  @Field(() => String, {
    description:
      '`live`; `stale_cache` when the upstream could not be read the last time, or was not read for so long that this may be out of date.',
  })
  @Read({ expression: { sql: sourceSql, type: 'text' } })
  source!: string;

  @Field(() => DateTime, { description: 'When the upstream was read.' })
  @Read({ expression: { sql: readAtSql, type: 'timestamptz' } })
  readAt!: string;

  @Field(() => Int, { description: 'Seconds since then.' })
  @Read({ expression: { sql: ageSql, type: 'integer' } })
  ageSeconds!: number;

  @Field(() => String, { nullable: true, description: 'What to know before one relies on it: set where it is stale.' })
  @Read({ expression: { sql: warningSql, type: 'text', nullable: true } })
  warning!: string | null;

  @Field(() => DateTime, {
    nullable: true,
    description: 'When the upstream was seen without this SKU: its stock is 0 since then.',
  })
  removedAt!: string | null;

  @Field(() => DateTime)
  updatedAt!: string;
}

const InventoryLevelConnection = connectionOf('InventoryLevel', () => InventoryLevel);

@InputType()
export class InventoryFilter {
  @Field(() => String, { nullable: true })
  merchantId?: string | null;

  @Field(() => [String], { nullable: true })
  sku?: string[] | null;

  @Field(() => String, { nullable: true })
  location?: string | null;

  @Field(() => ID, { nullable: true })
  integrationId?: string | null;

  @Field(() => Int, { nullable: true, description: 'At most so many available.' })
  @FilterBy((row, arg) => `${row}.available <= ${arg('availableMax', 'integer')}`)
  availableMax?: number | null;
}

const InventoryArgs = filteredBy(() => InventoryFilter);

@Resolver()
export class InventoryQueries {
  @Allow('viewer')
  @Query(() => InventoryLevelConnection, { description: 'By SKU.' })
  @Read({ order: [['sku', 'asc']] })
  inventory(@Args(() => InventoryArgs) _args: PageArgs): Connection<InventoryLevel> {
    return planned();
  }
}

@Resolver(() => Product)
export class ProductInventory {
  @FieldResolver(() => [InventoryLevel])
  inventory(): InventoryLevel[] {
    return planned();
  }
}
