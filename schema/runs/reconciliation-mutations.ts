import { Arg, Ctx, Field, ID, InputType, Mutation, ObjectType, Resolver } from 'type-graphql';
import { reconcile } from '../../src/flow/reconcile/reconcile.js';
import { repairDifference } from '../../src/flow/reconcile/repair.js';
import { type RepairFilter, repairDifferences } from '../../src/flow/reconcile/repair-many.js';
import { EntityType } from '../../src/model/statuses.js';
import { Allow, integrationAt, rowAt } from '../allow.js';
import type { HubContext } from '../context.js';
import { mutate } from '../mutate.js';
import { BulkPayload, MutationPayload } from '../mutation-payload.js';
import { DateTime } from '../scalars.js';
import { Reconciliation, ReconciliationDifference } from './reconciliation.js';

@InputType()
export class ReconcileInput {
  @Field(() => ID)
  integrationId!: string;

  @Field(() => [EntityType], { nullable: true, description: 'Default: all that the system is sent.' })
  entityTypes?: EntityType[] | null;

  @Field(() => DateTime, { nullable: true, description: 'Default: 90 days before `to`.' })
  from?: string | null;

  @Field(() => DateTime, { nullable: true, description: 'Default: now.' })
  to?: string | null;

  @Field(() => String, { nullable: true })
  idempotencyKey?: string | null;
}

@InputType()
export class RepairDifferencesFilter {
  @Field(() => ID)
  reconciliationId!: string;

  @Field(() => String, { nullable: true, description: '`MISSING_HERE`, `MISSING_THERE` or `FIELD_DIFFERS`.' })
  kind?: string | null;

  @Field(() => EntityType, { nullable: true })
  entityType?: EntityType | null;

  @Field(() => String, { nullable: true })
  field?: string | null;
}

@ObjectType({ implements: MutationPayload, simpleResolvers: true })
export class ReconciliationPayload extends MutationPayload {
  @Field(() => Reconciliation, { nullable: true })
  reconciliation!: string | null;
}

@ObjectType({ implements: MutationPayload, simpleResolvers: true })
export class DifferencePayload extends MutationPayload {
  @Field(() => ReconciliationDifference, { nullable: true })
  difference!: string | null;
}

@Resolver()
export class ReconciliationMutations {
  @Allow('operator', 'manage', integrationAt('input.integrationId'))
  @Mutation(() => ReconciliationPayload, {
    description: 'Operators. Compares what a system has with what the hub has; nothing is changed by it.',
  })
  reconcile(
    @Arg('input', () => ReconcileInput) input: ReconcileInput,
    @Ctx() context: HubContext,
  ): Promise<ReconciliationPayload> {
    const info = { action: 'reconciliation.start', argument: 'input', failed: { reconciliation: null } };
    return mutate(context, info, async (...hub) => ({ reconciliation: await reconcile(...hub, input) }));
  }

  @Allow('operator', 'manage', rowAt('difference'))
  @Mutation(() => DifferencePayload, {
    description:
      'Operators. Mends it in its proposed direction, unless it moved meanwhile. Once, however often it is asked; what goes out is REPAIRED once it has been delivered.',
  })
  repairDifference(@Arg('id', () => ID) id: string, @Ctx() context: HubContext): Promise<DifferencePayload> {
    const info = { action: 'reconciliation.repair', failed: { difference: null } };
    return mutate(context, info, async (...hub) => ({ difference: await repairDifference(...hub, id) }));
  }

  @Allow('operator', 'manage', rowAt('reconciliation', 'filter.reconciliationId'))
  @Mutation(() => BulkPayload, {
    description:
      'Operators. Mends the open and failed differences that the filter selects, 1,000 at most; what moved is left. Answers how many were begun.',
  })
  repairDifferences(
    @Arg('filter', () => RepairDifferencesFilter) filter: RepairDifferencesFilter,
    @Ctx() context: HubContext,
  ): Promise<BulkPayload> {
    const info = { action: 'reconciliation.repair', argument: 'filter', failed: { affected: 0 } };
    const wanted = filter as RepairFilter;
    return mutate(context, info, async (...hub) => ({ affected: await repairDifferences(...hub, wanted) }));
  }
}
