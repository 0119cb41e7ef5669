import { Arg, Ctx, Field, Float, ID, InputType, Int, Mutation, ObjectType, Query, Resolver } from 'type-graphql';
import { AlertComparison, AlertKind, AlertSeverity, type AlertRule as Rule } from '../../src/flow/alerts/rule.js';
import { createAlertRule, listAlertRules, updateAlertRule } from '../../src/flow/alerts/save-alert-rule.js';
import { Allow, rowAt, scopeAt } from '../allow.js';
import type { HubContext } from '../context.js';
import { mutate } from '../mutate.js';
import { MutationPayload } from '../mutation-payload.js';
import { Read } from '../planned.js';

@ObjectType({
  simpleResolvers: true,
  description:
    'When an alert opens. Of several of a kind the one for the integration holds, then that of its connector.',
})
export class AlertRule implements Rule {
  @Field(() => ID)
  id!: string;

  @Field(() => AlertKind)
  kind!: AlertKind;

  @Field(() => String, { nullable: true, description: 'Null: every connector.' })
  connector!: string | null;

  @Field(() => ID, { nullable: true })
  integrationId!: string | null;

  @Field(() => AlertComparison)
  comparison!: AlertComparison;

  @Field(() => Float, { description: 'A share of 0 to 1, milliseconds, or a number of things.' })
  threshold!: number;

  @Field(() => Float, { description: 'An open alert closes only below this.' })
  clearThreshold!: number;

  @Field(() => Int, { description: 'Over how long rates and times are measured.' })
  windowMs!: number;

  @Field(() => Int, { description: 'Rates and times of fewer calls open no alert.' })
  minSamples!: number;

  @Field(() => AlertSeverity)
  severity!: AlertSeverity;

  @Field(() => Boolean)
  enabled!: boolean;

  @Field(() => Boolean, { description: 'Whether people are told, by the channels of notifications.' })
  notify!: boolean;
}

@InputType()
class AlertRuleChanges {
  @Field(() => AlertComparison, { nullable: true })
  comparison?: AlertComparison | null;

  @Field(() => Float, { nullable: true })
  threshold?: number | null;

  @Field(() => Float, { nullable: true })
  clearThreshold?: number | null;

  @Field(() => Int, { nullable: true, description: 'A minute to a week.' })
  windowMs?: number | null;

  @Field(() => Int, { nullable: true })
  minSamples?: number | null;

  @Field(() => AlertSeverity, { nullable: true })
  severity?: AlertSeverity | null;

  @Field(() => Boolean, { nullable: true })
  enabled?: boolean | null;

  @Field(() => Boolean, { nullable: true })
  notify?: boolean | null;
}

@InputType({ description: 'What is left out stays as it is.' })
export class UpdateAlertRuleInput extends AlertRuleChanges {
  @Field(() => ID)
  id!: string;
}

@InputType({ description: 'For one connector, or one integration.' })
export class CreateAlertRuleInput extends AlertRuleChanges {
  @Field(() => AlertKind)
  kind!: AlertKind;

  @Field(() => String, { nullable: true })
  connector?: string | null;

  @Field(() => ID, { nullable: true })
  integrationId?: string | null;

  @Field(() => Float)
  declare threshold: number;
}

@ObjectType({ implements: MutationPayload, simpleResolvers: true })
export class AlertRulePayload extends MutationPayload {
  @Field(() => AlertRule, { nullable: true })
  alertRule!: AlertRule | null;
}

const FAILED = { alertRule: null };

@Resolver()
export class AlertRules {
  @Allow('viewer', 'viewStatus')
  @Query(() => [AlertRule])
  @Read({ js: true })
  alertRules(@Ctx() { services, caller }: HubContext): Promise<AlertRule[]> {
    return listAlertRules(services, caller);
  }

  @Allow('admin', 'config', rowAt('alertRule', 'input.id'))
  @Mutation(() => AlertRulePayload, { description: 'Admins of all merchants.' })
  updateAlertRule(
    @Arg('input', () => UpdateAlertRuleInput) input: UpdateAlertRuleInput,
    @Ctx() context: HubContext,
  ): Promise<AlertRulePayload> {
    const info = { action: 'alert_rule.update', argument: 'input', failed: FAILED };
    return mutate(context, info, async (...hub) => ({ alertRule: await updateAlertRule(...hub, input) }));
  }

  @Allow('admin', 'config', scopeAt('input.', 'everything'))
  @Mutation(() => AlertRulePayload, {
    description: 'Admins of all merchants. It holds instead of the wider rule of its kind.',
  })
  createAlertRule(
    @Arg('input', () => CreateAlertRuleInput) input: CreateAlertRuleInput,
    @Ctx() context: HubContext,
  ): Promise<AlertRulePayload> {
    const info = { action: 'alert_rule.create', argument: 'input', failed: FAILED };
    return mutate(context, info, async (...hub) => ({ alertRule: await createAlertRule(...hub, input) }));
  }
}
