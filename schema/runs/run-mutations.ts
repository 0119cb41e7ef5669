import { Arg, Ctx, Field, ID, Mutation, ObjectType, Resolver } from 'type-graphql';
import { cancelRun } from '../../src/flow/cancel-run.js';
import { Allow, rowAt } from '../allow.js';
import type { HubContext } from '../context.js';
import { mutate } from '../mutate.js';
import { MutationPayload } from '../mutation-payload.js';
import { FullSyncPayload } from './full-sync.js';
import { Pull } from './pull.js';
import { ReconciliationPayload } from './reconciliation-mutations.js';

@ObjectType({ implements: MutationPayload, simpleResolvers: true })
class PullPayload extends MutationPayload {
  @Field(() => Pull, { nullable: true })
  pull!: string | null;
}

@Resolver()
export class RunMutations {
  @Allow('operator', 'sync', rowAt('fullSync'))
  @Mutation(() => FullSyncPayload, {
    description: 'Operators. Ends it after the present batch; what was accepted to be sent until then is sent.',
  })
  cancelFullSync(@Arg('id', () => ID) id: string, @Ctx() context: HubContext): Promise<FullSyncPayload> {
    const info = { action: 'full_sync.cancel', failed: { fullSync: null } };
    return mutate(context, info, async (...hub) => ({ fullSync: await cancelRun(...hub, 'fullSync', id) }));
  }

  @Allow('operator', 'manage', rowAt('reconciliation'))
  @Mutation(() => ReconciliationPayload, {
    description:
      'Operators. Ends it after the present page; the differences of the kinds that it was through with stay.',
  })
  cancelReconciliation(@Arg('id', () => ID) id: string, @Ctx() context: HubContext): Promise<ReconciliationPayload> {
    const info = { action: 'reconciliation.cancel', failed: { reconciliation: null } };
    return mutate(context, info, async (...hub) => ({ reconciliation: await cancelRun(...hub, 'reconciliation', id) }));
  }

  @Allow('operator', 'sync', rowAt('pull'))
  @Mutation(() => PullPayload, {
    description:
      'Operators. Ends it after the present page; orders that were read until then stay, while products and stock are written once all are read. A file that it takes ends as FAILED and can be handed over again.',
  })
  cancelPull(@Arg('id', () => ID) id: string, @Ctx() context: HubContext): Promise<PullPayload> {
    const info = { action: 'pull.cancel', failed: { pull: null } };
    return mutate(context, info, async (...hub) => ({ pull: await cancelRun(...hub, 'pull', id) }));
  }
}
