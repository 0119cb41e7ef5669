import { Field, Float, Int, ObjectType } from 'type-graphql';
import type * as flow from '../../src/flow/watching/read-queue-now.js';
import { SecurityEvent } from '../../src/model/security-events.js';
import type * as security from '../../src/rollup/count-security-events.js';
import type * as figures from '../../src/rollup/figures.js';
import type * as rollup from '../../src/rollup/summarise.js';
import { DateTime } from '../scalars.js';
import { QueueHealth } from './system-health.js';

@ObjectType({
  simpleResolvers: true,
  description: 'Milliseconds; null where there was none. Quantiles are exact to a quarter.',
})
export class Timing implements rollup.Timing {
  @Field(() => Int)
  count!: number;

  @Field(() => Float, { nullable: true })
  averageMs!: number | null;

  @Field(() => Float, { nullable: true })
  p50Ms!: number | null;

  @Field(() => Float, { nullable: true })
  p95Ms!: number | null;

  @Field(() => Float, { nullable: true })
  p99Ms!: number | null;
}

@ObjectType({
  simpleResolvers: true,
  description: 'What became of attempts. Rates are 0 to 1, null where there was nothing.',
})
export class SyncOutcomes implements rollup.Outcomes {
  @Field(() => Int)
  attempts!: number;

  @Field(() => Int)
  success!: number;

  @Field(() => Int, { description: 'Failed, and tried again.' })
  retried!: number;

  @Field(() => Int, { description: 'Failed for good.' })
  failed!: number;

  @Field(() => Float, { nullable: true, description: 'Of the events that ended.' })
  successRate!: number | null;

  @Field(() => Float, { nullable: true, description: 'Of all attempts.' })
  retryRate!: number | null;

  @Field(() => Float, { nullable: true, description: 'Attempts that did not succeed, of all attempts.' })
  errorRate!: number | null;

  @Field(() => Float, { nullable: true, description: 'From acceptance to the first attempt, on average.' })
  queueWaitMs!: number | null;

  @Field(() => Timing)
  durationMs!: Timing;
}

@ObjectType({ simpleResolvers: true })
export class ErrorShare implements rollup.ErrorShare {
  @Field(() => String)
  code!: string;

  @Field(() => String, { nullable: true })
  category!: rollup.ErrorShare['category'];

  @Field(() => Int)
  count!: number;

  @Field(() => Float, { description: 'Of all attempts.' })
  rate!: number;
}

@ObjectType({ simpleResolvers: true })
export class CategoryShare implements rollup.CategoryShare {
  @Field(() => String)
  category!: rollup.CategoryShare['category'];

  @Field(() => Int)
  count!: number;

  @Field(() => Float, { description: 'Of all attempts.' })
  rate!: number;
}

@ObjectType({ simpleResolvers: true })
export class HttpStatusShare implements rollup.StatusShare {
  @Field(() => Int, { nullable: true, description: 'Null: there was no answer.' })
  status!: number | null;

  @Field(() => Int)
  count!: number;

  @Field(() => Float)
  rate!: number;
}

@ObjectType({ simpleResolvers: true })
export class WebhookOutcomes implements figures.WebhookOutcomes {
  @Field(() => Int)
  received!: number;

  @Field(() => Int)
  processed!: number;

  @Field(() => Int, { description: 'Out of date, or of no concern.' })
  ignored!: number;

  @Field(() => Int)
  failed!: number;

  @Field(() => Int, { description: 'Came before their entity; those applied since count as processed too.' })
  waiting!: number;

  @Field(() => Float, { nullable: true })
  successRate!: number | null;
}

@ObjectType({ simpleResolvers: true })
export class QueueNow extends QueueHealth implements flow.QueueNow {
  @Field(() => Int, { description: 'Webhook events that wait for an entity that the hub does not know yet.' })
  waitingWebhooks!: number;

  @Field(() => Float, { description: 'How long the oldest of those has been waiting.' })
  oldestWaitingWebhookMs!: number;
}

@ObjectType({
  simpleResolvers: true,
  description:
    'How often caches could answer: product lists that were kept, and stock from the hub’s copy while that is fresh. Counted for each system that the answer comes from.',
})
export class CacheUse implements figures.CacheUse {
  @Field(() => Int)
  hits!: number;

  @Field(() => Int)
  misses!: number;

  @Field(() => Float, { nullable: true })
  hitRate!: number | null;
}

@ObjectType({ simpleResolvers: true })
export class InventorySyncMetrics {
  @Field(() => SyncOutcomes)
  outcomes!: SyncOutcomes;

  @Field(() => Int, { description: 'Stock levels that were read.' })
  items!: number;

  @Field(() => Float, { nullable: true })
  itemsPerRun!: number | null;

  @Field(() => CacheUse, { description: 'Questions about stock: a hit while the copy of it is fresh.' })
  cache!: CacheUse;
}

@ObjectType({ simpleResolvers: true, description: 'Asking the systems for the status of what is not final.' })
export class StatusPolling implements figures.StatusPolling {
  @Field(() => Int)
  runs!: number;

  @Field(() => Int)
  polled!: number;

  @Field(() => Int, { description: 'Statuses that had changed.' })
  changed!: number;

  @Field(() => Float, { nullable: true })
  polledPerRun!: number | null;

  @Field(() => Float, { nullable: true })
  errorRate!: number | null;

  @Field(() => Timing)
  durationMs!: Timing;
}

@ObjectType({ simpleResolvers: true, description: 'Every request to the systems, those of pulls and checks included.' })
export class ApiPerformance implements figures.ApiPerformance {
  @Field(() => Timing)
  durationMs!: Timing;

  @Field(() => Float, { nullable: true, description: 'Without an answer, or one of 400 and above.' })
  errorRate!: number | null;

  @Field(() => [HttpStatusShare])
  statuses!: HttpStatusShare[];

  @Field(() => Int, { description: 'Sign-ins for an access token.' })
  tokenRefreshes!: number;

  @Field(() => CacheUse)
  cache!: CacheUse;
}

@ObjectType({ simpleResolvers: true })
export class SecurityEventCount implements security.SecurityEventCount {
  @Field(() => SecurityEvent)
  kind!: SecurityEvent;

  @Field(() => Int)
  count!: number;
}

@ObjectType({ simpleResolvers: true })
export class CoursePoint {
  @Field(() => DateTime)
  at!: string;

  @Field(() => String, { description: '`HOUR` or `DAY`.' })
  period!: 'HOUR' | 'DAY';

  @Field(() => Int)
  success!: number;

  @Field(() => Int)
  retried!: number;

  @Field(() => Int)
  failed!: number;

  @Field(() => Float)
  averageMs!: number;
}
