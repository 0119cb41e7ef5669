import { Field, Float, Int, ObjectType } from 'type-graphql';
import type * as load from '../../src/rollup/report-load.js';
import { DateTime } from '../scalars.js';

@ObjectType({ simpleResolvers: true, description: 'A process of the hub.' })
export class InstanceLoad implements load.InstanceLoad {
  @Field(() => String, { description: '`host:pid`' })
  instance!: string;

  @Field(() => Float, { description: 'Of what it may have, 0 to 1.' })
  memoryRatio!: number;

  @Field(() => Float, { nullable: true })
  memoryBytes!: number | null;

  @Field(() => Float, { nullable: true, description: 'Of all processors, 0 to 1.' })
  cpuRatio!: number | null;

  @Field(() => DateTime)
  reportedAt!: string;
}

@ObjectType({ simpleResolvers: true })
export class SystemLoad implements load.SystemLoad {
  @Field(() => [InstanceLoad], { description: 'Those that have reported within a minute.' })
  instances!: InstanceLoad[];

  @Field(() => Int, { description: 'Sessions on the database, of all instances.' })
  databaseConnections!: number;
}
