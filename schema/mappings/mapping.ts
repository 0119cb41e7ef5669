import { Arg, Field, FieldResolver, ID, InputType, Int, ObjectType, Query, Resolver } from 'type-graphql';
import { Direction, EntityType, MappingStatus } from '../../src/model/statuses.js';
import { Allow } from '../allow.js';
import { Integration } from '../integrations/integration.js';
import { Node } from '../node.js';
import { planned, Read } from '../planned.js';
import { DateTime, Json } from '../scalars.js';

@ObjectType({
  implements: Node,
  simpleResolvers: true,
  description: 'The field mapping of one kind of entity in one direction of an integration.',
})
@Allow('viewer', 'config')
export class Mapping extends Node {
  @Field(() => String)
  merchantId!: string;

  @Field(() => Integration)
  integration!: Integration;

  @Field(() => EntityType)
  entityType!: EntityType;

  @Field(() => Direction)
  direction!: Direction;

  @Field(() => Int, { nullable: true, description: 'Null: none, the connector’s own mapping alone.' })
  publishedVersion!: number | null;

  @Field(() => [MappingVersion], { description: 'Newest first.' })
  versions!: MappingVersion[];

  @Field(() => DateTime)
  createdAt!: string;

  @Field(() => DateTime)
  updatedAt!: string;
}

@ObjectType({ implements: Node, simpleResolvers: true, description: 'Rules as they were saved once.' })
@Allow('viewer', 'config')
export class MappingVersion extends Node {
  @Field(() => Mapping)
  mapping!: Mapping;

  @Field(() => Int)
  version!: number;

  @Field(() => MappingStatus)
  status!: MappingStatus;

  @Field(() => Json, { description: 'As `MappingRuleInput` has them.' })
  @Allow('operator', 'config')
  rules!: unknown;

  @Field(() => String, { nullable: true })
  note!: string | null;

  @Field(() => String)
  createdBy!: string;

  @Field(() => DateTime)
  createdAt!: string;

  @Field(() => String, { nullable: true })
  publishedBy!: string | null;

  @Field(() => DateTime, { nullable: true, description: 'The last time.' })
  publishedAt!: string | null;
}

@InputType()
export class MappingFilter {
  @Field(() => ID, { nullable: true })
  integrationId?: string | null;

  @Field(() => EntityType, { nullable: true })
  entityType?: EntityType | null;

  @Field(() => Direction, { nullable: true })
  direction?: Direction | null;
}

@Resolver()
export class MappingQueries {
  @Allow('viewer', 'config')
  @Query(() => [Mapping], { description: 'Field mappings, newest first.' })
  @Read({ order: [['createdAt', 'desc']], limit: 500 })
  mappings(@Arg('filter', () => MappingFilter, { nullable: true }) _filter?: MappingFilter): Mapping[] {
    return planned();
  }
}

@Resolver(() => Integration)
export class IntegrationMappings {
  @FieldResolver(() => [Mapping])
  fieldMappings(): Mapping[] {
    return planned();
  }
}
