import type { Caller } from '../access/caller.js';
import { HubError } from '../errors.js';
import { auditDone } from './access/audit-done.js';
import { TELL_RECONCILIATION } from './reconcile/run-reconciliation.js';
import type { Services } from './services.js';
import type { HubWork } from './work.js';

/** What runs for a while and can be cancelled, with where its rows are, what the audit log calls it, and what people call it. */
const KINDS = {
  fullSync: { table: 'full_syncs', action: 'full_sync.cancel', title: 'full sync' },
  reconciliation: { table: 'reconciliations', action: 'reconciliation.cancel', title: 'reconciliation' },
  pull: { table: 'pulls', action: 'pull.cancel', title: 'pull' },
} as const;
export type RunKind = keyof typeof KINDS;

interface Run {
  state: string;
  merchantId: string;
  integrationId: string;
  syncEventId: string | null;
  /** Whether its sync event is of the integration as a whole, and not of a file, whose own end tells of it. */
  isOfIntegration: boolean;
  /** Whether it failed and is to be repeated by itself. A pull is not: the next attempt is another one. */
  willRepeat: boolean;
}

const find = (kind: RunKind) => `
select r.state, r.merchant_id as "merchantId", r.integration_id as "integrationId", r.sync_event_id::text as "syncEventId",
  coalesce(e.entity_id = r.integration_id, false) as "isOfIntegration",
  coalesce(r.state = 'FAILED' and e.status in ('PENDING', 'RETRYING'), false) and ${kind !== 'pull'} as "willRepeat"
from ${KINDS[kind].table} r left join sync_events e on e.id = r.sync_event_id
where r.id = $1 and ($2::text is null or r.merchant_id = $2) for update of r`;

const cancel = (kind: RunKind) => `update ${KINDS[kind].table} set state = 'CANCELLED', error_code = 'CANCELLED',
  error_message = $2, finished_at = now(), updated_at = now() where id = $1`;

/**
 * Ends a run that waits or is under way; answers its id. Its worker stops after the page or batch that it is at, and one that
 * was killed does not go on with it. What was done stays.
 * @throws HubError NOT_FOUND, INVALID_STATE when it has ended
 */
export async function cancelRun(services: Services, caller: Caller, kind: RunKind, id: string): Promise<string> {
  const { action, title } = KINDS[kind];
  return services.db.transaction(async (tx) => {
    const [run] = await tx.sql<Run>(find(kind), [id, caller.merchantId]);
    if (!run) throw new HubError('NOT_FOUND', `There is no ${title} ${id}.`, { path: ['id'] });
    if (run.state !== 'QUEUED' && run.state !== 'RUNNING' && !run.willRepeat)
      throw new HubError('INVALID_STATE', `The ${title} ${id} has ended: it is ${run.state}.`, { path: ['id'] });
    const reason = `Cancelled by ${caller.subject}.`;
    await tx.sql(cancel(kind), [id, reason]);
    if (kind === 'reconciliation') await tx.sql(TELL_RECONCILIATION, [id]);
    await skipWaiting({ services, tx }, run, reason);
    tx.afterCommit(() => services.feed.wake());
    const { merchantId, integrationId } = run;
    const entity = { merchantId, integrationId, entityType: 'INTEGRATION', entityId: integrationId } as const;
    await auditDone(tx, caller, { action, ...entity, details: { [`${kind}Id`]: id, previousState: run.state } });
    return id;
  });
}

/** One that a worker is at is left to it: it finds the run cancelled. */
async function skipWaiting({ services, tx }: HubWork, run: Run, reason: string): Promise<void> {
  if (run.syncEventId === null || !run.isOfIntegration) return;
  await services.outbox.skip(tx, run.syncEventId, reason).catch((error: unknown) => {
    if (!(error instanceof HubError) || error.code !== 'INVALID_STATE') throw error;
  });
}
