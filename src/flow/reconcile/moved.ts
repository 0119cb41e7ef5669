import { sqlOn } from '../../db/database.js';
import { HubError } from '../../errors.js';
import type { OpenIntegration } from '../integrations/open-integration.js';
import type { Services } from '../services.js';
import { comparedHere } from './compared-here.js';
import type { RecordDifference } from './difference.js';

/** The difference is no longer as it was found. */
export const moved = (why: string) =>
  new HubError('INVALID_STATE', `${why} Reconcile again to see how it is now.`, { path: ['id'] });

/** @throws HubError INVALID_STATE when the hub's value of the field is no longer what was found */
export async function checkHere(
  services: Services,
  integration: OpenIntegration,
  one: RecordDifference,
  entityId: string,
): Promise<void> {
  const found = await comparedHere(sqlOn(services.db.pool), integration, one.entity_type, [entityId]);
  const fields = found.get(entityId) ?? {};
  if (fields instanceof HubError) throw fields;
  const now = fields[one.field ?? ''] ?? null;
  if (now !== one.here_value) throw moved(`${one.field} is ${now} in the hub by now.`);
}
