import { Field, FieldResolver, Float, Int, ObjectType, Query, Resolver } from 'type-graphql';
import { CircuitState, Health } from '../../src/model/statuses.js';
import { Allow } from '../allow.js';
import { planned, Read } from '../planned.js';
import { DateTime } from '../scalars.js';
import { Integration } from './integration.js';

@ObjectType({ simpleResolvers: true, description: 'How one integration is doing.' })
@Allow('viewer', 'viewStatus')
export class ConnectorHealth {
  @Field(() => Integration)
  integration!: Integration;

  @Field(() => Health)
  health!: Health;

  @Field(() => CircuitState)
  circuit!: CircuitState;

  @Field(() => DateTime, { nullable: true })
  checkedAt!: string | null;

  @Field(() => Int, { nullable: true })
  latencyMs!: number | null;

  @Field(() => Float, { nullable: true, description: 'Of the newest finished events, 0 to 1.' })
  successRate!: number | null;

  @Field(() => Int, { description: 'Events that wait or are being sent.' })
  queueDepth!: number;

  @Field(() => Int, { nullable: true })
  oldestPendingSeconds!: number | null;

  @Field(() => String, { nullable: true })
  lastError!: string | null;
}

@Resolver(() => Integration)
export class ConnectorHealthQueries {
  @Allow('viewer', 'viewStatus')
  @Query(() => [ConnectorHealth], { description: 'Of every integration.' })
  @Read({ order: [['id', 'asc']], limit: 1000 })
  connectorHealth(): ConnectorHealth[] {
    return planned();
  }

  @FieldResolver(() => ConnectorHealth, { nullable: true })
  @Read({ relation: { on: (row, health) => `${health}.id = ${row}.id` } })
  health(): ConnectorHealth | null {
    return planned();
  }
}
