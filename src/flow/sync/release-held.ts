import type { Tx } from '../../db/database.js';
import { lastRunBefore } from '../../model/cron.js';
import type { OpenIntegration } from '../integrations/open-integration.js';
import type { Services } from '../services.js';

/** What remains held after the setting was changed goes in the same portions. */
const AT_ONCE = 100;

/** Takes the schedule's run that is due; before its first one an integration counts from its making. */
const TAKE_RUN = `update integration_gates g set released_at = $2 from integrations i
where g.integration_id = $1 and i.id = $1 and coalesce(g.released_at, i.created_at) < $2 returning 1`;

/**
 * Lets orders go that wait for the integration's schedule, if a run of it is due or `asked` for; answers how many. Over
 * all instances each run happens once.
 */
export function releaseHeld(
  services: Services,
  { id: integrationId, connector, settings }: OpenIntegration,
  asked: boolean,
): Promise<number> {
  const hold = connector.holdInvoicedOrders?.(settings) ?? null;
  return services.db.transaction(async (tx) => {
    const due = hold === null || asked || (hold.schedule !== null && (await takeRun(tx, integrationId, hold.schedule)));
    return due ? services.outbox.release(tx, { integrationId, most: hold?.atOnce ?? AT_ONCE }) : 0;
  });
}

async function takeRun(tx: Tx, integrationId: string, schedule: string): Promise<boolean> {
  const run = lastRunBefore(schedule, new Date()).toISOString();
  return (await tx.sql(TAKE_RUN, [integrationId, run])).length > 0;
}
