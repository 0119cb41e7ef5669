import { z } from 'zod';
import type { Caller } from '../../access/caller.js';
import type { RollupSelection } from '../../rollup/read-rollups.js';
import { rollUp } from '../../rollup/roll-up.js';
import { hiddenFrom } from '../access/require-access.js';
import type { Period } from '../asked-period.js';
import { checkInput, text } from '../check-input.js';
import { findIntegration } from '../integrations/find-integration.js';
import type { Services } from '../services.js';

const Named = z.object({ connector: text() });
/** So that an answer knows what happened a moment ago, without waiting for a backlog. */
const CATCH_UP_STEPS = 3;

/** Checks what is asked for, and catches up with what has happened. @throws HubError NOT_FOUND, BAD_USER_INPUT */
export async function selectRollups(
  services: Services,
  caller: Caller,
  { integrationId, connector }: { integrationId: string | null; connector: string | null },
  time: Period,
): Promise<RollupSelection> {
  checkInput(Named, { connector });
  if (integrationId !== null) await findIntegration(services, caller, integrationId, ['integrationId']);
  await services.tally.flush();
  await rollUp(services.db, CATCH_UP_STEPS);
  return { integrationId, connector, merchantId: caller.merchantId, hidden: hiddenFrom(services, caller), ...time };
}
