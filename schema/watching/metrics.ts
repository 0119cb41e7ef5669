import { Arg, Ctx, Field, ID, ObjectType, Query, Resolver, registerEnumType } from 'type-graphql';
import { type MetricsRequest, readMetrics } from '../../src/flow/watching/read-metrics.js';
import { readSummaries, SummaryPeriod } from '../../src/flow/watching/read-summaries.js';
import { type MetricDefinition as Definition, METRICS } from '../../src/model/metric-definitions.js';
import { ROLLUP_METRICS } from '../../src/model/rollup-metrics.js';
import { Allow, integrationAt, scopeAt } from '../allow.js';
import type { HubContext } from '../context.js';
import { Read } from '../planned.js';
import { DateTime } from '../scalars.js';
import { ErrorRates, Figures } from './figures.js';
import { CoursePoint, QueueNow, SecurityEventCount } from './metric-groups.js';
import { SystemLoad } from './system-load.js';

registerEnumType(SummaryPeriod, { name: 'SummaryPeriod' });

@ObjectType({
  implements: Figures,
  simpleResolvers: true,
  description: 'Measures of a time, over all instances of the hub and across restarts; kept after the events are gone.',
})
export class Metrics extends Figures {
  @Field(() => ID, { nullable: true, description: 'Null: all that the caller may see.' })
  integrationId!: string | null;

  @Field(() => [ErrorRates], { description: 'Of each integration that tried something.' })
  errorsByIntegration!: ErrorRates[];

  @Field(() => [ErrorRates], { description: 'The same of all integrations of a connector.' })
  errorsByConnector!: ErrorRates[];

  @Field(() => QueueNow, { description: 'As it is now, whatever the time asked for.' })
  queue!: QueueNow;

  @Field(() => SystemLoad, {
    nullable: true,
    description: 'What the hub itself uses now; null for a caller of one merchant.',
  })
  system!: SystemLoad | null;

  @Field(() => [SecurityEventCount], {
    nullable: true,
    description: 'Of the whole hub, every kind; null for a caller of one merchant.',
  })
  securityEvents!: SecurityEventCount[] | null;

  @Field(() => [CoursePoint], { description: 'Hour by hour; older than some weeks day by day.' })
  course!: CoursePoint[];
}

@ObjectType({ implements: Figures, simpleResolvers: true, description: 'One day, or one week from Monday, in UTC.' })
export class MetricsOfPeriod extends Figures {}

const WINDOW = 'By default the last 24 hours; the hour, or the day, in which `from` lies counts as a whole.';

@ObjectType({ simpleResolvers: true, description: 'A measure as `/metrics` tells it.' })
export class MetricDefinition implements Definition {
  @Field(() => String)
  name!: string;

  @Field(() => String, { description: '`COUNTER`, `HISTOGRAM` or `GAUGE`.' })
  kind!: Definition['kind'];

  @Field(() => String)
  help!: string;

  @Field(() => [String])
  labels!: readonly string[];

  @Field(() => String, { description: 'Where this schema has it over all instances; empty: nowhere.' })
  field!: string;
}

@Resolver()
export class MetricsQueries {
  @Allow('viewer')
  @Query(() => [MetricDefinition], { description: 'Every measure that the hub exposes to Prometheus.' })
  @Read({ js: true })
  metricDefinitions(): MetricDefinition[] {
    return [...Object.values<MetricDefinition>(METRICS), ...ROLLUP_METRICS];
  }

  @Allow('viewer', 'viewStatus', scopeAt('', 'rows'))
  @Query(() => Metrics, {
    description: `Of all integrations that the caller may see, or of those of one connector. ${WINDOW}`,
  })
  @Read({ js: true })
  metrics(
    @Ctx() context: HubContext,
    @Arg('from', () => DateTime, { nullable: true }) from?: string | null,
    @Arg('to', () => DateTime, { nullable: true }) to?: string | null,
    @Arg('connector', () => String, { nullable: true }) connector?: string | null,
  ): Promise<Metrics> {
    return read(context, { integrationId: null, connector: connector ?? null }, from, to);
  }

  @Allow('viewer', 'viewStatus', scopeAt('', 'rows'))
  @Query(() => [MetricsOfPeriod], {
    description:
      'Day by day or week by week, also of times whose events are gone; those without anything are left out. By default the last 12; at most 400.',
  })
  @Read({ js: true })
  metricSummaries(
    @Ctx() { services, caller }: HubContext,
    @Arg('period', () => SummaryPeriod) period: SummaryPeriod,
    @Arg('from', () => DateTime, { nullable: true }) from?: string | null,
    @Arg('to', () => DateTime, { nullable: true }) to?: string | null,
    @Arg('connector', () => String, { nullable: true }) connector?: string | null,
    @Arg('integrationId', () => ID, { nullable: true }) integrationId?: string | null,
  ): Promise<MetricsOfPeriod[]> {
    const of = { integrationId: integrationId ?? null, connector: connector ?? null };
    return readSummaries(services, caller, period, { ...of, from: from ?? null, to: to ?? null });
  }

  @Allow('viewer', 'viewStatus', integrationAt('integrationId'))
  @Query(() => Metrics, { description: `Of one integration. ${WINDOW}` })
  @Read({ js: true })
  integrationMetrics(
    @Ctx() context: HubContext,
    @Arg('integrationId', () => ID) integrationId: string,
    @Arg('from', () => DateTime, { nullable: true }) from?: string | null,
    @Arg('to', () => DateTime, { nullable: true }) to?: string | null,
  ): Promise<Metrics> {
    return read(context, { integrationId, connector: null }, from, to);
  }
}

function read(
  { services, caller }: HubContext,
  of: Pick<MetricsRequest, 'integrationId' | 'connector'>,
  from?: string | null,
  to?: string | null,
) {
  return readMetrics(services, caller, { ...of, from: from ?? null, to: to ?? null });
}
