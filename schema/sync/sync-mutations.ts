import { Arg, Ctx, Field, ID, InputType, Int, Mutation, Resolver } from 'type-graphql';
import { syncInvoice } from '../../src/flow/invoices/sync-invoice.js';
import { syncOrder } from '../../src/flow/orders/sync-order.js';
import { syncInventory } from '../../src/flow/products/sync-inventory.js';
import { redriveSyncEvents } from '../../src/flow/sync/redrive-sync-events.js';
import { retrySyncEvent } from '../../src/flow/sync/retry-sync-event.js';
import { skipSyncEvent } from '../../src/flow/sync/skip-sync-event.js';
import { startSync } from '../../src/flow/sync/start-sync.js';
import { EntityType } from '../../src/model/statuses.js';
import { Allow, integrationAt, rowAt, sentFrom } from '../allow.js';
import type { HubContext } from '../context.js';
import { mutate } from '../mutate.js';
import { BulkPayload } from '../mutation-payload.js';
import { SyncPayload } from '../payloads.js';
import { SyncEventFilter } from './sync-event.js';

@InputType()
export class SyncEntityInput {
  @Field(() => ID)
  id!: string;

  @Field(() => ID, {
    nullable: true,
    description: 'Left out: every integration that takes it; the answer is the first one’s sync event.',
  })
  integrationId?: string | null;

  @Field(() => Boolean, { nullable: true, defaultValue: false, description: 'Send it although nothing has changed.' })
  force?: boolean | null;

  @Field(() => String, {
    nullable: true,
    description: 'Also what the upstream is given; it names an effect of its own.',
  })
  idempotencyKey?: string | null;
}

@InputType()
export class SyncIntegrationInput {
  @Field(() => ID)
  integrationId!: string;

  @Field(() => String, { nullable: true })
  idempotencyKey?: string | null;
}

@InputType()
export class StartSyncInput {
  @Field(() => ID)
  integrationId!: string;

  @Field(() => EntityType)
  entityType!: EntityType;

  @Field(() => Int, { nullable: true, defaultValue: 0, description: 'Higher goes first; -100 to 100.' })
  priority?: number | null;

  @Field(() => Int, { nullable: true, defaultValue: 0, description: 'Not before so many milliseconds from now.' })
  delayMs?: number | null;

  @Field(() => String, { nullable: true })
  idempotencyKey?: string | null;
}

const NONE = { syncEvent: null };
const AGAIN = 'For a repeated idempotency key it is the sync event made before.';

@Resolver()
export class SyncMutations {
  @Allow('operator', 'sync', sentFrom('ORDER'))
  @Mutation(() => SyncPayload, {
    description: `Operators. Sends the order as it is now; without \`force\` or a key, what was sent last if that is the same. ${AGAIN}`,
  })
  syncOrder(
    @Arg('input', () => SyncEntityInput) input: SyncEntityInput,
    @Ctx() context: HubContext,
  ): Promise<SyncPayload> {
    const info = { action: 'order.sync', argument: 'input', failed: NONE };
    return mutate(context, info, async (...hub) => ({ syncEvent: await syncOrder(...hub, input) }));
  }

  @Allow('operator', 'sync', sentFrom('INVOICE'))
  @Mutation(() => SyncPayload, { description: `Operators. As syncOrder. ${AGAIN}` })
  syncInvoice(
    @Arg('input', () => SyncEntityInput) input: SyncEntityInput,
    @Ctx() context: HubContext,
  ): Promise<SyncPayload> {
    const info = { action: 'invoice.sync', argument: 'input', failed: NONE };
    return mutate(context, info, async (...hub) => ({ syncEvent: await syncInvoice(...hub, input) }));
  }

  @Allow('operator', 'sync', integrationAt('input.integrationId'))
  @Mutation(() => SyncPayload, { description: `Operators. Reads the stock that a system reports. ${AGAIN}` })
  syncInventory(
    @Arg('input', () => SyncIntegrationInput) input: SyncIntegrationInput,
    @Ctx() context: HubContext,
  ): Promise<SyncPayload> {
    const info = { action: 'sync.start', argument: 'input', failed: NONE };
    return mutate(context, info, async (...hub) => ({ syncEvent: await syncInventory(...hub, input) }));
  }

  @Allow('operator', 'sync', integrationAt('input.integrationId'))
  @Mutation(() => SyncPayload, {
    description: `Operators. Reads what a system knows of one kind of entity that is not final yet. ${AGAIN}`,
  })
  startSync(
    @Arg('input', () => StartSyncInput) input: StartSyncInput,
    @Ctx() context: HubContext,
  ): Promise<SyncPayload> {
    const info = { action: 'sync.start', argument: 'input', failed: NONE };
    return mutate(context, info, async (...hub) => ({ syncEvent: await startSync(...hub, input) }));
  }

  @Allow('operator', 'manage', rowAt('syncEvent'))
  @Mutation(() => SyncPayload, { description: 'Operators. Puts one dead letter back in its lane.' })
  retrySyncEvent(@Arg('id', () => ID) id: string, @Ctx() context: HubContext): Promise<SyncPayload> {
    const info = { action: 'sync_event.retry', failed: NONE };
    return mutate(context, info, async (...hub) => ({ syncEvent: await retrySyncEvent(...hub, id) }));
  }

  @Allow('operator', 'manage', rowAt('syncEvent'))
  @Mutation(() => SyncPayload, { description: 'Operators. Ends it without sending it; the next of its lane goes on.' })
  skipSyncEvent(
    @Arg('id', () => ID) id: string,
    @Arg('reason', () => String) reason: string,
    @Ctx() context: HubContext,
  ): Promise<SyncPayload> {
    const info = { action: 'sync_event.skip', failed: NONE };
    return mutate(context, info, async (...hub) => ({ syncEvent: await skipSyncEvent(...hub, { id, reason }) }));
  }

  @Allow('operator', 'manage', integrationAt('filter.integrationId'))
  @Mutation(() => BulkPayload, {
    description: 'Operators. Puts every dead letter that the filter selects back in the queue.',
  })
  redriveSyncEvents(
    @Arg('filter', () => SyncEventFilter) filter: SyncEventFilter,
    @Ctx() context: HubContext,
  ): Promise<BulkPayload> {
    const info = { action: 'sync_event.redrive', argument: 'filter', failed: { affected: 0 } };
    return mutate(context, info, async (...hub) => ({ affected: await redriveSyncEvents(...hub, filter) }));
  }
}
