import { Field, Float, ID, Int, InterfaceType, ObjectType } from 'type-graphql';
import type * as rates from '../../src/rollup/error-rates.js';
import type * as figures from '../../src/rollup/figures.js';
import { DateTime } from '../scalars.js';
import {
  ApiPerformance,
  CacheUse,
  CategoryShare,
  ErrorShare,
  InventorySyncMetrics,
  StatusPolling,
  SyncOutcomes,
  WebhookOutcomes,
} from './metric-groups.js';

@ObjectType({ simpleResolvers: true })
export class ErrorRates implements rates.ErrorRates {
  @Field(() => ID, { nullable: true, description: 'Null: all integrations of the connector.' })
  integrationId!: string | null;

  @Field(() => String)
  connector!: string;

  @Field(() => Int)
  attempts!: number;

  @Field(() => Float, { nullable: true, description: 'Attempts that did not succeed.' })
  errorRate!: number | null;

  @Field(() => [ErrorShare], { description: 'Most frequent first.' })
  errors!: ErrorShare[];

  @Field(() => [CategoryShare])
  errorCategories!: CategoryShare[];
}

@InterfaceType({ description: 'What the roll-ups tell of a time.' })
export abstract class Figures implements figures.Figures {
  @Field(() => DateTime)
  from!: string;

  @Field(() => DateTime)
  to!: string;

  @Field(() => SyncOutcomes)
  syncs!: SyncOutcomes;

  @Field(() => Float, { description: 'Sync events that ended well, by the minute.' })
  throughputPerMinute!: number;

  @Field(() => [ErrorShare], { description: 'Most frequent first.' })
  errors!: ErrorShare[];

  @Field(() => [CategoryShare])
  errorCategories!: CategoryShare[];

  @Field(() => WebhookOutcomes)
  webhooks!: WebhookOutcomes;

  @Field(() => CacheUse)
  cache!: CacheUse;

  @Field(() => InventorySyncMetrics)
  inventorySync!: InventorySyncMetrics;

  @Field(() => SyncOutcomes, { description: 'Orders sent: created, updated, moved.' })
  orderProcessing!: SyncOutcomes;

  @Field(() => StatusPolling)
  statusPolling!: StatusPolling;

  @Field(() => ApiPerformance, { description: 'The calls to the systems.' })
  api!: ApiPerformance;
}
