import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { HubContext } from '../../../../schema/context.js';
import { systemsNamed } from '../../../access/reach.js';
import { HubError } from '../../../errors.js';
import { guardedSystems } from '../../../flow/access/require-access.js';
import type { AccessRule } from '../../../model/access-rule.js';
import { registerRoute } from '../../docs/register-route.js';
import { CALLERS } from '../../docs/schemes.js';
import type { ContextOf } from '../context-of.js';
import { runOrThrow } from '../run-or-throw.js';
import { statusBody, syncBody, toStatusBody, toSyncBody } from './bodies.js';
import {
  CONNECTOR,
  INTEGRATIONS,
  LATEST_RECORD,
  ORDER_BY_ID,
  ORDER_BY_NUMBER,
  type OrderData,
  RECORD_BY_ID,
  type RecordData,
  SYNC,
} from './operations.js';

const PATH = '/rest/V1/erpconnector';
/** The documents answer with what came of the sync: it is waited for, but not longer than a caller waits. */
const PATIENCE_MS = 10_000;
const LOOK_MS = 40;

const common = { tag: 'Escooter ERP', access: CALLERS } as const;
const orderSchema = z.object({
  orderIncrementId: z.string().min(1).meta({ description: 'The order’s number.' }),
});
const errors = ['NOT_FOUND', 'INVALID_STATE', 'INTEGRATION_DISABLED'] as const;

/** Who may see how far the sync of an order is. */
export const SEE_STATUS: AccessRule = {
  role: 'viewer',
  right: 'viewStatus',
  touches: () => ({ of: 'connector', name: CONNECTOR }),
};

/** Rows S8 and S13: the syncs of one order; `seeStatus` lets in by {@link SEE_STATUS}. */
export function registerErpSync(scope: FastifyInstance, contextOf: ContextOf, seeStatus: ContextOf): void {
  registerStart(scope, contextOf, 'sync-order', false);
  registerStart(scope, contextOf, 'resync-order', true);
  registerRoute(scope, {
    ...common,
    method: 'GET',
    url: `${PATH}/sync-status/:id`,
    summary: 'The latest sync of an order',
    description: 'Needs `Escooter_ErpConnector::view_status`, which every role implies.',
    authorize: seeStatus,
    params: z.object({ id: z.string().meta({ description: 'The order’s number.' }) }),
    answer: statusBody,
    errors,
    handle: async ({ context, params }) => {
      const order = await findOrder(context, params.id);
      const { syncEvents } = await runOrThrow<{ syncEvents: { nodes: RecordData[] } }>(context, LATEST_RECORD, {
        orderId: order.id,
      });
      const [record] = syncEvents.nodes;
      if (!record) throw new HubError('NOT_FOUND', `The order ${order.number} was not synced yet: sync or invoice it.`);
      return toStatusBody(order, record);
    },
  });
}

function registerStart(scope: FastifyInstance, contextOf: ContextOf, name: string, force: boolean): void {
  const right = force ? 'resync' : 'sync';
  registerRoute(scope, {
    ...common,
    method: 'POST',
    url: `${PATH}/${name}`,
    summary: force ? 'Sends an order again, also when nothing has changed' : 'Sends an order now, unless it is in step',
    description: `Needs \`Escooter_ErpConnector::${right}\`, which the roles operator and admin imply. Answers what came of it, within 10 seconds.`,
    authorize: contextOf,
    body: orderSchema,
    answer: syncBody,
    errors,
    handle: async ({ context, body }) => {
      const order = await findOrder(context, body.orderIncrementId, 'orderIncrementId');
      const input = { id: order.id, force, integrationId: await integrationOf(context, order) };
      const { sync } = await runOrThrow<{ sync: { syncEvent: { id: string } } }>(context, SYNC, { input });
      return toSyncBody(order, await outcomeOf(seeing(context), sync.syncEvent.id));
    },
  });
}

/** By its number, else by the hub's own id. */
async function findOrder(context: HubContext, id: string, field = 'id'): Promise<OrderData> {
  type Found = { order: OrderData | null };
  const order =
    (await runOrThrow<Found>(context, ORDER_BY_NUMBER, { number: id })).order ??
    (await runOrThrow<Found>(context, ORDER_BY_ID, { id })).order;
  if (order) return order;
  throw new HubError('NOT_FOUND', `There is no order ${id}.`, { path: [field] });
}

async function integrationOf(context: HubContext, { merchantId }: OrderData): Promise<string> {
  const { integrations } = await runOrThrow<{ integrations: { id: string; merchantId: string }[] }>(
    context,
    INTEGRATIONS,
    {},
  );
  const [first] = integrations.filter((integration) => integration.merchantId === merchantId);
  if (first) return first.id;
  throw new HubError('INVALID_STATE', 'The merchant has no enabled integration with the ERP: create or enable one.');
}

/** Whoever may begin a sync is told what came of it. */
function seeing(context: HubContext): HubContext {
  const { caller, services } = context;
  const named = systemsNamed(caller, guardedSystems(services.connectors.filter(({ name }) => name === CONNECTOR)));
  const permissions = [...caller.permissions, ...named.map((system) => system.permissions.viewStatus)];
  return { ...context, caller: { ...caller, permissions } };
}

/** The sync once it has ended, or waits for a further attempt. */
async function outcomeOf(context: HubContext, id: string): Promise<RecordData> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const { record } = await runOrThrow<{ record: RecordData }>(context, RECORD_BY_ID, { id });
    const isUnderWay = record.status === 'PENDING' || record.status === 'IN_PROGRESS';
    if (!isUnderWay || performance.now() > deadline) return record;
    await sleep(LOOK_MS);
  }
}
