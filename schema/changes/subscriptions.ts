import { Arg, Field, ID, InputType, Resolver, Root, Subscription } from 'type-graphql';
import { HubError } from '../../src/errors.js';
import type { ChangeEntry, ChangeKind, FeedSelection } from '../../src/feed/feed.js';
import { keepAsync } from '../../src/feed/keep-async.js';
import { syncEventTest } from '../../src/feed/sync-event-test.js';
import { EntityType } from '../../src/model/statuses.js';
import { Allow, integrationAt } from '../allow.js';
import type { HubContext } from '../context.js';
import { ConnectorHealth } from '../integrations/connector-health.js';
import { Cursor } from '../scalars.js';
import { SyncEventFilter } from '../sync/sync-event.js';
import {
  CHANGE_KINDS,
  Change,
  type ChangeEvent,
  InventoryChange,
  InvoiceStatusChange,
  OrderStatusChange,
  SyncEventChange,
  toChangeEvent,
} from './change.js';

const AFTER = 'The cursor of the last change that the client has; left out: from now on.';

@InputType({ description: 'Changes that meet all of what is given.' })
export class ChangeFilter {
  @Field(() => [String], { nullable: true, description: 'For example `order.status_changed`.' })
  kinds?: string[] | null;

  @Field(() => EntityType, { nullable: true })
  entityType?: EntityType | null;

  @Field(() => ID, { nullable: true })
  entityId?: string | null;

  @Field(() => ID, { nullable: true })
  integrationId?: string | null;
}

interface Subscribe<Args> {
  args: Args & { after?: string | null };
  context: HubContext;
}

type Matches = NonNullable<FeedSelection['matches']>;

async function open(
  { args, context }: Subscribe<object>,
  kinds: readonly ChangeKind[] | null,
  matches: Matches,
): ReturnType<HubContext['services']['feed']['subscribe']> {
  const { caller, services } = context;
  const selection = { merchantId: caller.merchantId, kinds, matches };
  return services.feed.subscribe(selection, args.after ?? null);
}

/** Left out or null: anything goes. */
function isWanted<Value>(wanted: Value | null | undefined, value: Value): boolean {
  return wanted === null || wanted === undefined || wanted === value;
}

function knownKinds(kinds: string[]): ChangeKind[] {
  const unknown = kinds.find((kind) => !CHANGE_KINDS.some((known) => known === kind));
  if (unknown === undefined) return kinds as ChangeKind[];
  const message = `There is no kind of change "${unknown}". The kinds are: ${CHANGE_KINDS.join(', ')}.`;
  throw new HubError('BAD_USER_INPUT', message, { path: ['filter', 'kinds'] });
}

/** Opens the feed with a {@link ChangeFilter}. */
async function openChanges(request: Subscribe<{ filter?: ChangeFilter | null }>) {
  const { kinds, entityType, entityId, integrationId } = request.args.filter ?? {};
  return open(
    request,
    kinds ? knownKinds(kinds) : null,
    (change) =>
      isWanted(entityType, change.entityType) &&
      isWanted(entityId, change.entityId) &&
      isWanted(integrationId, change.integrationId),
  );
}

/** `status` is met by the status that the change led to; the rest by the sync event. */
async function openSyncEvents(request: Subscribe<{ filter?: SyncEventFilter | null }>) {
  const { status, entityType, entityId, integrationId, ...rest } = request.args.filter ?? {};
  const changes = await open(
    request,
    ['sync_event.status_changed'],
    (change) =>
      (!status || status.some((wanted) => wanted === change.data['newStatus'])) &&
      isWanted(entityType, change.entityType) &&
      isWanted(entityId, change.entityId) &&
      isWanted(integrationId, change.integrationId),
  );
  const test = syncEventTest(request.context.services.db.pool, rest);
  return test ? keepAsync(changes, test) : changes;
}

@Resolver()
export class Subscriptions {
  @Allow('viewer', 'viewStatus')
  @Subscription(() => Change, {
    description: 'The durable feed: every change once, in order, with no gap and no repeat behind a cursor.',
    subscribe: (request) => openChanges(request as Subscribe<{ filter?: ChangeFilter | null }>),
  })
  changes(
    @Root() change: ChangeEntry,
    @Arg('after', () => Cursor, { nullable: true, description: AFTER }) _after?: string | null,
    @Arg('filter', () => ChangeFilter, { nullable: true }) _filter?: ChangeFilter | null,
  ): ChangeEvent {
    return toChangeEvent(change);
  }

  @Allow('viewer', 'viewStatus', integrationAt('filter.integrationId', 'rows'))
  @Subscription(() => SyncEventChange, {
    subscribe: (request) => openSyncEvents(request as Subscribe<{ filter?: SyncEventFilter | null }>),
  })
  syncEventChanged(
    @Root() change: ChangeEntry,
    @Arg('after', () => Cursor, { nullable: true, description: AFTER }) _after?: string | null,
    @Arg('filter', () => SyncEventFilter, { nullable: true }) _filter?: SyncEventFilter | null,
  ): ChangeEvent {
    return toChangeEvent(change);
  }

  @Allow('viewer')
  @Subscription(() => OrderStatusChange, {
    subscribe: (request) => {
      const { args } = request as Subscribe<{ orderId?: string | null }>;
      return open(request as Subscribe<object>, ['order.status_changed'], (change) =>
        isWanted(args.orderId, change.entityId),
      );
    },
  })
  orderStatusChanged(
    @Root() change: ChangeEntry,
    @Arg('after', () => Cursor, { nullable: true, description: AFTER }) _after?: string | null,
    @Arg('orderId', () => ID, { nullable: true }) _orderId?: string | null,
  ): ChangeEvent {
    return toChangeEvent(change);
  }

  @Allow('viewer')
  @Subscription(() => InvoiceStatusChange, {
    subscribe: (request) => {
      const { args } = request as Subscribe<{ invoiceId?: string | null }>;
      return open(request as Subscribe<object>, ['invoice.status_changed'], (change) =>
        isWanted(args.invoiceId, change.entityId),
      );
    },
  })
  invoiceStatusChanged(
    @Root() change: ChangeEntry,
    @Arg('after', () => Cursor, { nullable: true, description: AFTER }) _after?: string | null,
    @Arg('invoiceId', () => ID, { nullable: true }) _invoiceId?: string | null,
  ): ChangeEvent {
    return toChangeEvent(change);
  }

  @Allow('viewer')
  @Subscription(() => InventoryChange, {
    subscribe: (request) => {
      const { args } = request as Subscribe<{ sku?: string | null }>;
      return open(request as Subscribe<object>, ['inventory.changed'], (change) =>
        isWanted(args.sku, change.data['sku'] as string),
      );
    },
  })
  inventoryChanged(
    @Root() change: ChangeEntry,
    @Arg('after', () => Cursor, { nullable: true, description: AFTER }) _after?: string | null,
    @Arg('sku', () => String, { nullable: true }) _sku?: string | null,
  ): ChangeEvent {
    return toChangeEvent(change);
  }

  @Allow('viewer', 'viewStatus', integrationAt('integrationId', 'rows'))
  @Subscription(() => ConnectorHealth, {
    description: 'The health of an integration each time that it changes, as it is when it is read.',
    subscribe: (request) => {
      const { args } = request as Subscribe<{ integrationId?: string | null }>;
      return open(request as Subscribe<object>, ['connector_health.changed'], (change) =>
        isWanted(args.integrationId, change.integrationId),
      );
    },
  })
  connectorHealthChanged(
    @Root() change: ChangeEntry,
    @Arg('integrationId', () => ID, { nullable: true }) _integrationId?: string | null,
  ): string | null {
    return change.integrationId;
  }
}
